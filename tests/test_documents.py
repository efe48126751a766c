"""The pages in docs/ say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim import engines
from sim.cli.main import cli
from sim.metrics import Measure, summarise
from sim.plan import compile_plan
from sim.scenario.load import load, load_with_patches
from sim.scenario.reference import reference_markdown

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
STARTER = ROOT / "sim" / "cli" / "starter.yaml"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]

A_DESK_WITH_EVERYTHING = """
clock: {start: 2027-01-04, horizon: 2 weeks}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
environments: {sandbox: {pool: 2}}
traits: {urgent: 50%}
teams:
  desk: {size: 1, owns: 1}
cases:
  request:
    arrive: {at: [2027-01-05 10:00, 2027-01-06 10:00]}
    owner: desk
    value: {per_month: 1 k, from: live}
    flow: answer
flows:
  answer:
    steps:
      build: {team: owner, work: 2 h, takes: sandbox, when: not urgent}
      live: {milestone: live}
"""


def test_the_reference_page_is_current() -> None:
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == reference_markdown(), (
        "the schema has changed: write docs/reference.md again with "
        "`.venv/bin/python -m sim.scenario.reference > docs/reference.md`"
    )


def test_the_ten_lines_of_the_readme_print_what_it_shows() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code, printed = re.search(r"```python\n(.*?)```\s+```text\n(.*?)```", text, re.DOTALL).groups()  # type: ignore[union-attr]
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed


def test_every_command_that_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/)?sim ([\w-]+)", text))
    assert named and named <= set(cli.commands)
    tests = re.findall(r"-m pytest (tests/[\w/.]+)", text)
    assert tests and [path for path in tests if not (ROOT / path).exists()] == []


def test_every_key_of_the_reference_page_has_a_meaning() -> None:
    rows = [line.split(" | ") for line in reference_markdown().splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if len(row[-1].strip(" |")) < 5] == []


def test_the_scenario_of_the_first_steps_runs(tmp_path: Path) -> None:
    for name in ("support.yaml", "form.yaml"):
        (tmp_path / name).write_text(_first_steps_file(name), encoding="utf-8")
    compile_plan(load(tmp_path / "support.yaml"))
    patched = load_with_patches(tmp_path / "support.yaml", [tmp_path / "form.yaml"])
    compile_plan(patched)
    assert [change.path for change in patched.overrides] == ["flows.answer.steps.sort.work"]


def _first_steps_file(name: str) -> str:
    text = (DOCS / "first-steps.md").read_text(encoding="utf-8")
    found = re.search(rf"`{re.escape(name)}`[^`]*```yaml\n(.*?)```", text, re.DOTALL)
    assert found, f"first-steps.md shows no file {name}"
    return found[1]


def test_the_starter_scenario_is_sound_and_runs() -> None:
    measures = _measures(STARTER)
    assert next(m.value for m in measures if m.metric == "cases" and m.kind == "case")


def test_the_starter_scenario_is_of_the_size_of_a_page() -> None:
    assert len(STARTER.read_text(encoding="utf-8").splitlines()) <= 60


def test_every_figure_stands_in_the_glossary_once_with_its_kinds_and_unit(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(A_DESK_WITH_EVERYTHING, encoding="utf-8")
    measures = _measures(path)
    kinds: dict[str, set[str]] = {}
    for measure in measures:
        kinds.setdefault(measure.metric, set()).add(measure.kind)
    units = {measure.metric: measure.unit for measure in measures}
    # money is of a comparison: tests/cli/test_json.py holds it to the glossary
    rows = [_cells(line) for line in _glossary_rows()]
    rows = [row for row in rows if not {"money", "business"} & set(row[1].split(", "))]
    names = [row[0].strip("`") for row in rows]
    assert len(names) == len(set(names))
    assert {name: set(row[1].split(", ")) for name, row in zip(names, rows, strict=True)} == kinds
    assert {name: row[2] for name, row in zip(names, rows, strict=True)} == units


def _measures(path: Path) -> list[Measure]:
    plan = compile_plan(load(path))
    return summarise(engines.run(plan, seed=1, replication=0, keep_log=False), plan)


def _glossary_rows() -> list[str]:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("| `")]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_resolve(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not _resolves(page, link)]
    assert broken == []


def _resolves(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.is_file():
        return False
    return not anchor or anchor in _anchors(target.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_hold_no_traceback_and_no_path_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"Traceback|(?<![\w.])/(?:home|tmp|work|Users)/", text) == []


def test_the_lines_about_explaining_print_what_the_page_shows() -> None:
    text = (DOCS / "explain.md").read_text(encoding="utf-8")
    code, printed = re.search(r"```python\n(.*?)```.*?```text\n(.*?)```", text, re.DOTALL).groups()  # type: ignore[union-attr]
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed


def test_the_page_about_explaining_lists_every_group_of_causes() -> None:
    from sim.experiment.explain import GROUPS

    text = (DOCS / "explain.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| ", text.split("## How to read")[0], re.MULTILINE) == list(GROUPS)
