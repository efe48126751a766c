"""Every example of the reference page is read by the language it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.plan import compile_plan
from sim.scenario import grammar
from sim.scenario.conditions import parse_condition
from sim.scenario.load import Scenario, load, load_with_patches
from sim.scenario.numbers import FAMILIES, describe, parse_value
from sim.scenario.reference import reference_markdown
from sim.units.dimensions import HOUR_MS, WorkingTime

OFFICE = WorkingTime(8 * HOUR_MS, 40 * HOUR_MS)
Write = Callable[[str, str], Path]


def example(form: grammar.Form) -> str:
    return form.example


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.mark.parametrize("form", (*grammar.NUMBERS, *grammar.UNITS, *grammar.DISTRIBUTIONS), ids=example)
def test_an_example_of_a_number_is_a_number(form: grammar.Form) -> None:
    written = YAML(typ="safe", pure=True).load(form.example)
    assert describe(parse_value(written, OFFICE), OFFICE)


def test_every_family_of_distributions_is_shown() -> None:
    assert tuple(grammar.PARAMETERS) == FAMILIES


@pytest.mark.parametrize("form", grammar.CONDITIONS, ids=example)
def test_an_example_of_a_condition_is_asked_of_the_cases(write: Write, form: grammar.Form) -> None:
    assert parse_condition(form.example)
    base = grammar.MERGE_BASE.replace("last: {wait", f"last: {{when: {form.example}, wait")
    assert compile_plan(load(write("base.yaml", base))).conditions


def loaded_with(write: Write, then: str) -> Scenario:
    base = grammar.MERGE_BASE.replace("{returned: {p: 20%, go_to: draft}, complete: rest}", then)
    return load(write("base.yaml", base))


@pytest.mark.parametrize("form", grammar.THEN, ids=example)
def test_an_example_of_then_leads_somewhere(write: Write, form: grammar.Form) -> None:
    if form.example in ("draft", "{go_to: draft}"):  # alone, without a way out, it goes round for ever
        then = "{again: {p: 10%, go_to: draft}, on: " + ("rest}" if form.example == "draft" else "{p: rest}}")
    else:
        then = form.example
    compile_plan(loaded_with(write, then))


@pytest.mark.parametrize("form", grammar.MERGE, ids=example)
def test_an_example_of_a_patch_changes_its_base(write: Write, form: grammar.Form) -> None:
    base = write("base.yaml", grammar.MERGE_BASE)
    patch = write("patch.yaml", f"patch: Example\nbase: base.yaml\n{form.example[1:-1]}\n")
    changed = load_with_patches(base, [patch])
    assert changed.tree.plain() != load(base).tree.plain()
    compile_plan(changed)


def test_the_page_shows_every_example() -> None:
    page = reference_markdown()
    groups = (grammar.NUMBERS, grammar.UNITS, grammar.DISTRIBUTIONS, grammar.CONDITIONS, grammar.THEN)
    for form in (*(form for group in groups for form in group), *grammar.MERGE):
        assert f"`{form.example}`" in page
