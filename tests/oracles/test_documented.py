"""docs/verification.md lists the oracles; and the oracles themselves can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "verification.md"
DEFAULT_RUNS = 40


@dataclass(frozen=True)
class Oracle:
    """What the page says of a test beside its words."""

    file: str
    runs: str
    bound: str


def oracles() -> dict[str, Oracle]:
    """Every test in this folder by name, with the replications and half-widths written in its call."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        if path.name == Path(__file__).name:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert node.name not in found, f"two tests are called {node.name}"
                found[node.name] = _read(path.name, node)
    return found


def _read(file: str, function: ast.FunctionDef) -> Oracle:
    for call in _calls(function, "agrees"):
        given = {word.arg: word.value for word in call.keywords}
        runs = ast.literal_eval(given["replications"]) if "replications" in given else DEFAULT_RUNS
        within = ast.literal_eval(given["within"])
        bounds = sorted(within.values()) if isinstance(within, dict) else [within]
        low, high = (f"{100 * bound:g}" for bound in (bounds[0], bounds[-1]))
        return Oracle(file, str(runs), f"{high} %" if low == high else f"{low} to {high} %")
    for call in _calls(function, "replicate"):
        return Oracle(file, str(ast.literal_eval(call.args[1])), "exact")
    return Oracle(file, "–", "exact")


def _calls(function: ast.FunctionDef, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def test_the_page_lists_every_oracle_once_as_it_stands() -> None:
    pattern = r"\| ([^|]+) \| ([^|]+) \| \[`(\w+)`\]\(\.\./tests/oracles/(\w+\.py)\) \|$"
    rows = re.findall(pattern, PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    names = [name for _, _, name, _ in rows]
    assert len(names) == len(set(names))
    assert {name: Oracle(file, runs, bound) for runs, bound, name, file in rows} == oracles()


def test_every_oracle_names_its_source() -> None:
    for path in sorted(HERE.glob("test_*.py")):
        if path.name == Path(__file__).name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_module = ast.get_docstring(tree) or ""
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = f"{of_module} {ast.get_docstring(node)}"
                assert "Source:" in said or re.search(r"\b(19|20)\d\d\b", said), node.name


LOSS = """
name: loss
clock: {start: 2027-01-04, horizon: 3 weeks, warm_up: 2 days, business: always}
teams: {server: {size: 1}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows:
  f:
    limit: {cases: 1, when_full: {end: refused}}
    steps: {s: {team: server, work: exponential mean 1 h}}
"""
LOAD = ("utilisation", "team", "server")


def test_an_oracle_fails_on_a_wrong_figure_and_says_both(agrees) -> None:
    agrees(LOSS, {LOAD: 50.0}, within=0.06, replications=20)
    with pytest.raises(AssertionError, match=r"outside the interval: .*utilisation.*theory 54"):
        agrees(LOSS, {LOAD: 54.0}, within=0.06, replications=20)


def test_an_oracle_fails_on_a_wrong_given(agrees) -> None:
    with pytest.raises(AssertionError, match=r"outside the interval: .*throughput.*theory 1\.1"):
        agrees(LOSS, {LOAD: 50.0}, given={("throughput", "case", "c"): 1.1}, within=0.5, replications=20)


def test_an_oracle_fails_when_it_cannot_tell(agrees) -> None:
    with pytest.raises(AssertionError, match=r"too wide to tell, 1\.0% asked for"):
        agrees(LOSS, {LOAD: 50.0}, within=0.01, replications=5)
