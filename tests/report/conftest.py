"""A small comparison with economics, and one run, kept in folders that every test may read."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import sim
from sim.experiment.compare import Comparison
from sim.experiment.replicate import Result
from sim.experiment.run import own_names
from sim.report.run_folder import write_run
from sim.scenario.load import Scenario, load, load_beside
from sim.scenario.writer import data_files, resolved_text

OFFICE = """
name: Small office
summary: Requests are registered by hand.
currency: EUR
clock: {start: 2027-01-04, horizon: 24 months, warm_up: 1 month, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00, holidays: US}}
economics: {discount_rate: 10%, years: 2, freed_hours: 50%, risk: {benefits: 10%, costs: 5%}}
assumptions:
  wrong_rate: {value: 20%, range: [5%, 40%], source: "assumption; counted by hand in May"}
traits: {hard: 40%, size: {large: 50%, small: rest}}
teams: {clerks: {size: 2, cost: 40 per hour}, experts: {size: 1, cost: 90 per hour, owns: 20}}
cases:
  request:
    arrive: {rate: 1 per d}
    owner: experts
    value: {per_month: lognormal mean 30 cv 1, from: live, lasts: 6 months}
    flow: handle
flows:
  handle:
    steps:
      get_ready: {flow: prepare}
      solve: {team: experts, work: {by: size, large: 4 h, small: exponential mean 2 h}}
      look: {team: experts, work: 10 min, when: hard}
      go_live: {milestone: live}
  prepare:
    steps:
      register: {team: clerks, work: exponential mean 3 h, adds: necessary}
      check:
        team: clerks
        work: 4 h
        adds: nothing
        then: {wrong: {p: $wrong_rate, go_to: register}, ok: rest}
"""

FORM = """
patch: A form that checks itself
base: office.yaml
changes: The check is done by the form.
economics:
  costs:
    form: {amount: 5 k, when: {0 months: 50%, 6 months: 50%}, running: 100 per month, source: an offer}
traits: {hard: {very: 10%, little: rest}}
flows:
  prepare: {steps: {check: {team: clerks, work: 6 min}}}
  handle: {steps: {look: {team: experts, work: 10 min, when: hard is very}}}
"""

NOTHING = """
patch: A new name for the form
base: office.yaml
changes: Nothing that matters, for 5 k.
economics: {costs: {form: {amount: 5 k}}}
"""


@dataclass(frozen=True)
class Kept:
    """What was kept, and where."""

    folder: Path
    results: tuple[Result, ...]
    comparison: Comparison | None


def keep(
    out: Path,
    scenarios: list[Scenario],
    *,
    replications: int = 3,
    precision: float | None = None,
    keep_log: bool = False,
    keep_cases: bool = True,
    is_complete: bool = True,
) -> Kept:
    """Run and keep scenarios; several are a comparison."""
    comparison: Comparison | None = None
    options = {"precision": precision} if precision else {"replications": replications}
    options |= {"keep_log": keep_log, "keep_cases": keep_cases}
    if len(scenarios) > 1:
        comparison = sim.compare(scenarios[0], scenarios[1:], jobs=1, seed=7, **options)
        results = (comparison.baseline, *comparison.others)
    else:
        results = (sim.run(scenarios[0], jobs=1, seed=7, **options),)
    if not is_complete:
        results = tuple(replace(result, is_complete=False) for result in results)
    texts = {name: resolved_text(each) for name, each in zip(own_names(scenarios), scenarios, strict=True)}
    folder = write_run(
        results,
        out=out,
        command="sim compare office.yaml form.yaml nothing.yaml",
        scenario_texts=texts,
        elapsed_s=2.0,
        comparison=comparison,
        data_files=data_files(scenarios),
    )
    return Kept(folder, results, comparison)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `office.yaml`, `form.yaml` and `nothing.yaml`."""
    folder = tmp_path_factory.mktemp("office")
    for name, text in (("office", OFFICE), ("form", FORM), ("nothing", NOTHING)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def compared(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A comparison of three scenarios, with its log."""
    office = files / "office.yaml"
    scenarios = [load(office), *(load_beside(office, files / f"{name}.yaml") for name in ("form", "nothing"))]
    return keep(tmp_path_factory.mktemp("runs"), scenarios, keep_log=True)


@pytest.fixture(scope="session")
def alone(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A run of one scenario."""
    return keep(tmp_path_factory.mktemp("runs"), [load(files / "office.yaml")])


@pytest.fixture
def copied(compared: Kept, tmp_path: Path) -> Path:
    """A copy of the comparison's folder that a test may damage."""
    return Path(shutil.copytree(compared.folder, tmp_path / compared.folder.name))
