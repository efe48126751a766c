"""What holds for every shipped scenario and patch: it runs alone, its numbers say where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.plan import compile_plan
from sim.scenario.load import load, load_with_patches

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.rglob("*.yaml"))
PATCHES = sorted((SCENARIOS / "patches").glob("*.yaml"))

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
def test_it_can_be_run_as_it_is(path):
    assert compile_plan(load(path)).steps


@each_file
def test_each_assumption_has_a_source_and_a_range_or_is_derived(path):
    lacking = [
        name
        for name, assumption in load(path).file.assumptions.items()
        if not assumption.source or (assumption.range is None and "derived" not in assumption.source)
    ]
    assert lacking == []


@each_file
def test_each_cost_has_a_source(path):
    costs = load(path).file.economics.costs
    assert [name for name, cost in costs.items() if not cost.source] == []


@each_file
def test_its_first_lines_say_in_words_what_it_is(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ") and len(first) > 30


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_a_patch_is_one_change_with_its_cost(path):
    patched = load(path)
    base = load(SCENARIOS / "current_state.yaml")
    assert set(patched.file.economics.costs) - set(base.file.economics.costs)
    assert patched.name != base.name


def test_all_patches_fit_together():
    together = load_with_patches(SCENARIOS / "current_state.yaml", PATCHES)
    assert compile_plan(together).steps


@pytest.mark.parametrize("path", [SCENARIOS / "self_service.yaml", *PATCHES], ids=lambda path: path.stem)
def test_the_base_rate_of_success_is_the_same_in_all(path):
    """Outcomes of ideas keep their odds; only waiting, and being dropped for it, may differ."""
    base, other = load(SCENARIOS / "current_state.yaml").file, load(path).file
    for name, step in base.flows["value_cycle"].steps.items():
        assert other.flows["value_cycle"].steps[name] == step
    for name in ("dead_end_rate", "wrong_data_rate", "patience_median", "value_median"):
        assert other.assumptions[name] == base.assumptions[name]
