"""`sim.tune` on a desk and builders: against trying everything, and what it says of what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.errors import RunError, ScenarioError
from sim.experiment.levers import bounded
from sim.experiment.run import run
from sim.experiment.tune import Tuning
from sim.experiment.tune.ledger import FileLedger, Told
from sim.experiment.tune.screening import members_needed
from sim.experiment.tune.space import Space
from sim.plan import compile_plan
from sim.scenario.changes import changed
from sim.scenario.load import Scenario

VARY = ("desk=1..3", "builders=1..4")
PROMISE = "P85 of lead time of form <= 4 d"


@pytest.fixture(scope="module")
def found(desk_scenario: Scenario) -> Tuning:
    result: Tuning = sim.tune(desk_scenario, vary=VARY, promises=[PROMISE])
    return result


def test_the_best_is_what_trying_everything_finds(desk_scenario: Scenario, found: Tuning) -> None:
    """Wages are no matter of luck, so the cheapest can be told by hand from long runs of the cheaper ones."""

    def p85(desk: int, builders: int) -> float:
        changes: dict[tuple[str, ...], object] = {
            ("teams", "desk", "size"): desk,
            ("teams", "builders", "size"): builders,
        }
        result = run(changed(desk_scenario, changes), replications=40, seed=9, keep_cases=False)
        rows = result.replications.filter(metric="lead_time_p85", of="form", kind="case")
        return float(rows["value"].mean()) / 8  # type: ignore[arg-type]

    assert p85(1, 2) > 4 * 1.02
    assert p85(2, 2) < 4 * 0.98
    assert found.best is not None
    assert dict(found.best.setting) == {"desk.size": 2, "builders.size": 2}
    assert found.is_sure


def test_money_of_a_staffing_is_what_its_people_cost(found: Tuning) -> None:
    """One more at the desk: 40 an hour, 8 h on 5 days of 52 weeks or nearly so, paid at the end of a year."""
    assert found.present is not None
    assert found.best is not None
    more = found.best.cost.mean - found.present.cost.mean  # type: ignore[operator]
    assert more == pytest.approx(40 * 8 * 261 / 1.05, rel=0.01)


def test_a_team_that_surely_falls_behind_is_not_run(desk_scenario: Scenario, found: Tuning) -> None:
    # builders: 1.2 members of other work, and 4 h of 8 h a day for forms
    needed = members_needed(compile_plan(desk_scenario))
    assert needed["builders"].surely == pytest.approx(1.7, rel=0.02)
    assert needed["desk"].surely == pytest.approx(5 / 8, rel=0.02)
    assert (found.n_settings, found.n_screened, found.n_run) == (12, 3, 9)
    assert found.screened_by == {"builders": 3}


def test_work_of_those_who_may_give_up_is_not_sure(desk: Path) -> None:
    text = desk.read_text().replace(
        "flow: work\n", "flow: work\n    patience: {waiting: 1 d, then: {end: gone}}\n", 1
    )
    patient = desk.with_name("patient.yaml")
    patient.write_text(text)
    needed = members_needed(compile_plan(sim.load(patient)))
    assert needed["builders"].surely == pytest.approx(1.2, rel=0.02)
    assert needed["builders"].in_all == pytest.approx(1.7, rel=0.02)


def test_one_more_and_one_fewer_around_the_best_are_told_for_each_team(found: Tuning) -> None:
    steps = {(step.lever, step.after): step for step in found.marginal}
    assert set(steps) == {("desk.size", 3), ("desk.size", 1), ("builders.size", 3), ("builders.size", 1)}
    assert "falls behind" in steps["builders.size", 1].cannot_work
    quicker = steps["builders.size", 3]
    assert quicker.figures is not None
    assert quicker.npv is not None
    assert quicker.cost is not None
    assert quicker.cost.mean == pytest.approx(60 * 8 * 261 / 1.05, rel=0.01)
    (lead,) = (each for key, each in quicker.figures.items() if key[0] == "lead_time_p85")
    assert lead.high is not None
    assert lead.high < 0
    assert steps["desk.size", 1].keeps is False
    assert found.marginal_table.height == 4


def test_along_the_frontier_more_money_buys_less_time(found: Tuning) -> None:
    costs = found.frontier_table["cost"].to_list()
    leads = found.frontier_table["lead_time_p85:form [h]"].to_list()
    assert costs == sorted(costs)
    assert leads == sorted(leads, reverse=True)
    assert len(costs) > 2
    assert found.candidates.height == found.n_run


def test_neighbours_beyond_the_bounds_are_not_counted_among_the_settings(desk_scenario: Scenario) -> None:
    found = sim.tune(desk_scenario, vary=["desk=2..3"], promises=["lead_time:form <= 40 h"])
    assert found.n_run <= found.n_settings == 2


def test_infeasible_promises_name_the_nearest(desk_scenario: Scenario) -> None:
    none = sim.tune(desk_scenario, vary=["desk=1..2", "builders=2..3"], promises=["lead_time:form <= 2 h"])
    assert none.best is None
    assert none.is_sure
    assert none.nearest is not None
    assert dict(none.nearest.setting) == {"desk.size": 2, "builders.size": 3}
    assert none.n_break == 4


def test_a_large_space_is_searched_around_a_start(desk_scenario: Scenario, found: Tuning) -> None:
    local = sim.tune(desk_scenario, vary=VARY, promises=[PROMISE], most=4)
    assert local.is_local
    assert local.is_sure
    assert local.best is not None
    assert found.best is not None
    assert local.best.setting == found.best.setting
    assert local.n_run < found.n_run


def test_a_budget_that_ends_while_promises_are_broken_leaves_nothing_sure(desk_scenario: Scenario) -> None:
    found = sim.tune(desk_scenario, vary=VARY, promises=["lead_time:form <= 2 h"], most=4, budget=60)
    assert found.best is None
    assert not found.is_sure


def test_without_levers_all_teams_are_varied(desk_scenario: Scenario) -> None:
    space = sim.tune(desk_scenario, promises=["lead_time:form <= 2 h"], budget=200)
    assert [lever.name for lever in space.levers] == ["desk.size", "builders.size"]


def test_an_assumption_may_be_a_lever(desk_scenario: Scenario) -> None:
    found = sim.tune(
        desk_scenario, vary=["$work=3 h..5 h by 1 h"], promises=[PROMISE], goal="npv", delta=20_000
    )
    assert found.n_run == 3
    assert found.best is not None
    assert dict(found.best.setting)["$work"] in (3, 4)


def test_the_highest_net_present_value_is_against_the_scenario_as_it_is(desk_scenario: Scenario) -> None:
    found = sim.tune(desk_scenario, vary=VARY, goal="npv", delta=20_000)
    assert found.best is not None
    assert dict(found.best.setting) == {"desk.size": 1, "builders.size": 2}  # as it is: more people only cost
    assert found.best.npv is not None
    assert found.best.npv.mean == 0


def test_a_scenario_without_years_is_reckoned_by_the_year(desk: Path) -> None:
    plain = desk.with_name("plain.yaml")
    plain.write_text(desk.read_text().replace("economics: {discount_rate: 5%, years: 1}\n", ""))
    found = sim.tune(sim.load(plain), vary=["desk=1..2"], promises=[PROMISE])
    assert found.present is not None
    assert found.years == 0
    assert found.present.cost.mean == pytest.approx((40 + 2 * 60) * 8 * 261, rel=0.01)
    with pytest.raises(RunError, match="no years to reckon with"):
        sim.tune(sim.load(plain), vary=["desk=1..2"], goal="npv")


def test_without_costs_there_is_nothing_to_minimise(desk: Path) -> None:
    free = desk.with_name("free.yaml")
    free.write_text(desk.read_text().replace(", cost: 40 per hour", "").replace(", cost: 60 per hour", ""))
    with pytest.raises(RunError, match="no team of this scenario has a cost"):
        sim.tune(sim.load(free), vary=["desk=1..2"], promises=[PROMISE])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"vary": ["dsk=1..2"]}, "Did you mean"),
        ({"vary": ["desk=3..1"]}, "the least comes first"),
        ({"vary": ["desk=1..2", "desk=1..3"]}, "varied twice"),
        ({"promises": []}, "without a promise the cheapest is the fewest people everywhere"),
        ({"promises": ["lead_time:forms <= 3 d"]}, "Did you mean 'form'?"),
        ({"budget": 0}, "budget: found 0; it is replications in all"),
        ({"budget": 5}, "are too few for the 4 settings that can work and the scenario as it is"),
        ({"replications": 1}, "an interval takes 2 or more"),
        ({"delta": 0.0}, "an amount of money above 0"),
        ({"tolerance": 0.0}, "a share above 0"),
        ({"confidence": 1.0}, "a share above 0"),
        ({"goal": "time"}, "admissible are 'cost'"),
        ({"jobs": 0}, "a number of threads, 1 or more"),
        ({"most": 0}, "how many settings are all run"),
    ],
)
def test_mistakes_are_told_before_anything_runs(
    desk_scenario: Scenario, options: dict[str, object], told: str
) -> None:
    asked = {"vary": ["desk=1..2", "builders=2..3"], "promises": [PROMISE]} | options
    with pytest.raises(RunError, match=told.replace("?", r"\?")):
        sim.tune(desk_scenario, **asked)


def test_a_bound_that_makes_the_scenario_unsound_is_refused(desk: Path) -> None:
    joint = desk.with_name("joint.yaml")
    joint.write_text(
        desk.read_text().replace("read:  {team: desk,", "read:  {team: desk, with: {builders: 2},")
    )
    with pytest.raises(ScenarioError, match="builders"):
        sim.tune(sim.load(joint), vary=["builders=1..3"], promises=[PROMISE])


class Broken:
    """A ledger whose process dies after so many replications."""

    def __init__(self, ledger: FileLedger, after: int) -> None:
        self.ledger, self.after = ledger, after

    def before(self) -> Iterator[Told]:
        return self.ledger.before()

    def write(self, told: Told) -> None:
        self.ledger.write(told)
        self.after -= 1
        if not self.after:
            raise KeyboardInterrupt


def test_a_search_that_is_gone_on_with_ends_as_it_would_have_ended(
    desk_scenario: Scenario, found: Tuning, tmp_path: Path
) -> None:
    ledger = FileLedger(tmp_path / "ledger.jsonl")
    stopped = sim.tune(desk_scenario, vary=VARY, promises=[PROMISE], ledger=Broken(ledger, 60))
    ledger.close()
    assert stopped.incomplete == "interrupted"
    assert not stopped.is_sure
    with ledger.path.open("a") as file:
        file.write('{"at":[["desk.size",2.0],["builde')  # torn when the process died
    counting = Counting(ledger.path)
    resumed = sim.tune(desk_scenario, vary=VARY, promises=[PROMISE], ledger=counting)
    counting.close()
    assert resumed.candidates.equals(found.candidates)
    assert resumed.marginal == found.marginal
    assert resumed.best == found.best
    assert counting.written == found.spent - 60


class Counting(FileLedger):
    """A ledger that counts what is new."""

    written = 0

    def write(self, told: Told) -> None:
        self.written += 1
        super().write(told)


def test_settings_are_the_values_of_levers_in_all_combinations(desk_scenario: Scenario) -> None:
    space = Space(
        desk_scenario, [bounded(desk_scenario, text) for text in ("desk=1..2", "$work=3 h..5 h by 1 h")]
    )
    settings = list(space.settings())
    assert space.size == len(settings) == 6
    assert settings[0] == (("desk.size", 1.0), ("$work", 3.0))
    assert space.present == (("desk.size", 1.0), ("$work", 5.0))
    assert space.plan(settings[0]).numbers != space.plan(settings[1]).numbers
