"""What a scenario is put together from: patches and own settings, and any choice of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sim.errors import ScenarioError
from sim.scenario import load
from sim.scenario.changes import changed
from sim.scenario.load import load_with_patches
from sim.scenario.parts import OWN, Parts, parts_of

FILES = {
    "base": """
        name: Base
        clock: {start: 2027-01-04, horizon: 12 months}
        economics: {years: 1}
        calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
        teams: {desk: {size: 2}}
        cases: {request: {arrive: {rate: 1 per d}, flow: answer}}
        flows: {answer: {steps: {ask: {team: desk, work: 2 h}, write: {team: desk, work: 1 h}}}}
        """,
    "form": """
        patch: A form
        base: base.yaml
        economics: {costs: {form: {amount: 5 k}}}
        flows: {answer: {steps: {ask: {work: 1 h}}}}
        """,
    "machine": """
        patch: A machine
        base: base.yaml
        economics: {costs: {machine: {amount: 9 k}}}
        flows: {answer: {steps: {write: {wait: 5 min, calendar: always}}}}
        """,
    "whole": """
        extends: [base.yaml, form.yaml, machine.yaml]
        name: Whole
        teams: {desk: {size: 3}}
        economics: {costs: {machine: {when: 6 months}, training: {amount: 1 k}}}
        """,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return tmp_path


@pytest.fixture
def parts(folder: Path) -> Parts:
    found = parts_of(load(folder / "whole.yaml"))
    assert found is not None
    return found


def test_patches_and_what_the_file_sets_itself_are_the_parts(parts: Parts) -> None:
    assert parts.names == ("A form", "A machine", OWN)


def test_all_parts_together_are_the_scenario_and_none_of_them_the_base(parts: Parts, folder: Path) -> None:
    whole, nothing = parts.put_together(parts.names), parts.put_together([])
    assert whole.file.model_dump(exclude={"name"}) == load(folder / "whole.yaml").file.model_dump(
        exclude={"name"}
    )
    assert nothing.file == load(folder / "base.yaml").file


def test_what_the_file_says_of_an_absent_patch_falls_away_with_it(parts: Parts) -> None:
    alone = parts.put_together([OWN])
    assert set(alone.file.economics.costs) == {"training"}
    assert alone.file.teams["desk"].size == 3
    with_machine = parts.put_together(["A machine", OWN])
    assert with_machine.file.economics.costs["machine"].when == "6 months"
    without_own = parts.put_together(["A machine"])
    assert without_own.file.economics.costs["machine"].when is None


def test_a_patch_by_itself_and_patches_put_on_a_base_have_parts(folder: Path) -> None:
    alone = parts_of(load(folder / "form.yaml"))
    both = parts_of(load_with_patches(folder / "base.yaml", [folder / "form.yaml", folder / "machine.yaml"]))
    assert alone is not None and alone.names == ("A form",)
    assert both is not None and both.names == ("A form", "A machine")
    assert alone.put_together(["A form"]).file.flows["answer"].steps["ask"].work == "1 h"


def test_two_patches_of_one_heading_are_told_apart(folder: Path) -> None:
    (folder / "second.yaml").write_text((folder / "form.yaml").read_text("utf-8"), "utf-8")
    both = parts_of(load_with_patches(folder / "base.yaml", [folder / "form.yaml", folder / "second.yaml"]))
    assert both is not None and both.names == ("A form", "A form (2)")


def test_a_plain_file_and_a_changed_one_have_no_parts(folder: Path) -> None:
    assert parts_of(load(folder / "base.yaml")) is None
    scenario = load(folder / "whole.yaml")
    assert parts_of(changed(scenario, {("teams", "desk", "size"): 4})) is None


def test_a_conflict_that_the_file_settles_is_one_without_it(folder: Path) -> None:
    (folder / "form.yaml").write_text(
        (folder / "form.yaml").read_text("utf-8") + "teams: {desk: {size: 4}}\n", "utf-8"
    )
    (folder / "machine.yaml").write_text(
        (folder / "machine.yaml").read_text("utf-8") + "teams: {desk: {size: 1}}\n", "utf-8"
    )
    parts = parts_of(load(folder / "whole.yaml"))
    assert parts is not None
    parts.put_together(["A form", "A machine", OWN])
    with pytest.raises(ScenarioError, match="two patches set this differently"):
        parts.put_together(["A form", "A machine"])
