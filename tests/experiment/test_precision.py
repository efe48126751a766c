"""Replications until a precision is reached."""

from __future__ import annotations

import pytest

import sim
from sim.errors import RunError
from sim.experiment import precision as rules
from sim.experiment.aims import Aim, aims_of_comparison, aims_of_run, check_named, decisive
from sim.experiment.compare import differences, summary
from sim.experiment.precision import PILOT

QUEUE = """
    name: queue
    clock: {start: 2027-01-04, horizon: 30 days, warm_up: 1 day, business: always}
    teams: {clerk: {size: 1}}
    cases: {c: {arrive: {rate: 1 per h}, flow: f}}
    flows: {f: {steps: {s: {team: clerk, work: exponential mean 30 min}}}}
"""


def test_the_interval_is_as_narrow_as_was_asked_for(scenario):
    result = sim.run(scenario(QUEUE), precision=0.03, jobs=1)
    row = next(r for r in summary(result) if (r.metric, r.kind) == ("lead_time", "case"))
    assert len(result.runs) > PILOT
    assert row.interval.half_width <= 0.03 * row.interval.mean
    assert [run.number for run in result.runs] == list(range(len(result.runs)))
    assert result.precision == 0.03 and result.is_precise


def test_a_comparison_stops_by_its_paired_differences(scenario):
    base, faster = scenario(QUEUE), scenario(QUEUE.replace("mean 30 min", "mean 27 min"))
    comparison = sim.compare(base, [faster], precision=0.03, jobs=1)
    row = next(
        row
        for row in differences(comparison.baseline, comparison.others[0])
        if (row.metric, row.kind) == ("lead_time", "case")
    )
    assert row.interval.half_width <= 0.03 * row.baseline
    counts = {len(result.runs) for result in (comparison.baseline, *comparison.others)}
    assert len(counts) == 1
    # the pairing is what makes it cheap: alone, the baseline would need more
    (alone,) = aims_of_run([comparison.baseline], 0.01)
    assert counts.pop() < alone.needed


def test_it_ends_at_the_most_that_are_run_and_says_so(scenario, monkeypatch):
    monkeypatch.setattr(rules, "MOST", 12)
    result = sim.run(scenario(QUEUE), precision=0.0001, jobs=1)
    assert len(result.runs) == 12
    assert not result.is_precise


def test_progress_tells_what_is_expected_in_all(scenario):
    told: list[tuple[int, int]] = []
    result = sim.run(
        scenario(QUEUE), precision=0.03, jobs=1, progress=lambda done, of: told.append((done, of))
    )
    assert [done for done, _ in told] == list(range(1, len(result.runs) + 1))
    assert told[0][1] == PILOT and told[-1] == (len(result.runs), len(result.runs))


def test_a_precision_of_zero_is_refused(scenario):
    with pytest.raises(ValueError, match=r"between 0 and 1, found 0; for example 0\.02"):
        sim.run(scenario(QUEUE), precision=0)


# -- several figures at once

TWO = """
    name: two
    clock: {start: 2027-01-04, horizon: 20 days, warm_up: 1 day, business: always}
    currency: EUR
    teams: {clerk: {size: 1, cost: 50 per hour}, judge: {size: 1}}
    traits: {rare: 0.5%}
    cases:
      slow: {arrive: {rate: 1 per h}, flow: f}
      steady: {arrive: {rate: 1 per h}, flow: g}
      never: {arrive: {every: 1 h}, flow: h}
    flows:
      f: {steps: {s: {team: clerk, work: exponential mean 48 min}}}
      g: {steps: {s: {wait: uniform 50 min to 70 min}}}
      h: {steps: {s: {wait: 10 years}}}
"""


@pytest.fixture
def two(scenario):
    return sim.run(scenario(TWO), replications=10, jobs=1)


def test_every_case_type_that_finished_is_an_aim_and_the_worst_decides(two):
    aims = aims_of_run([two], 0.05)
    assert [aim.of for aim in aims] == ["slow", "steady"]
    assert decisive(aims).of == "slow"
    assert decisive(aims).needed > 50 > 5 > aims[1].needed
    assert decisive([]) is None


def test_several_aims_share_the_error_probability(two):
    one, both = aims_of_run([two], 0.05, ["lead_time:slow"]), aims_of_run([two], 0.05)
    slow = both[0]
    assert slow.needed > one[0].needed
    # t(9) at 97.5 % and at 98.75 %
    assert slow.half_width / one[0].half_width == pytest.approx(2.685011 / 2.262157, rel=1e-5)


def test_an_aim_says_how_sure_it_is(two):
    (aim,) = aims_of_run([two], 0.05, ["utilisation:clerk"])
    assert (aim.metric, aim.kind, aim.of, aim.unit, aim.n) == ("utilisation", "team", "clerk", "%", 10)
    assert aim.allowed == pytest.approx(0.05 * aim.mean)
    assert aim.share == pytest.approx(aim.half_width / aim.mean)
    assert aim.is_met == (aim.half_width <= aim.allowed)


def test_a_metric_alone_means_all_there_is(two):
    aims = aims_of_run([two], 0.05, ["utilisation", "wait:clerk"])
    assert {(aim.metric, aim.of) for aim in aims} == {
        ("wait", "clerk"),
        ("utilisation", "clerk"),
        ("utilisation", "judge"),
    }


def test_what_varies_round_0_asks_for_more_until_the_cap():
    values = Aim("s", "m", "case", "c", "h", 0.0, 1.0, 0.0, 0.0, 10, 20)
    assert not values.is_met
    assert values.share is None


def test_replications_are_run_until_the_named_figures_are_precise(scenario):
    result = sim.run(scenario(TWO), precision=0.06, precision_of=["utilisation:clerk", "wip:slow"], jobs=1)
    assert result.is_precise
    assert {aim.metric for aim in result.aims} == {"utilisation", "wip"}
    assert all(aim.half_width <= aim.allowed for aim in result.aims)
    assert len(result.runs) > PILOT
    # no more than the look before asked for: without the last tenth of the runs it was not yet precise
    fewer = aims_of_run([sim.run(scenario(TWO), replications=PILOT, jobs=1)], 0.06, ["wip:slow"])
    assert not fewer[0].is_met


def test_without_a_figure_nothing_is_called_precise(scenario):
    text = TWO.replace("      slow: {arrive: {rate: 1 per h}, flow: f}\n", "")
    text = text.replace("      steady: {arrive: {rate: 1 per h}, flow: g}\n", "")
    text = text.replace("      f: {steps: {s: {team: clerk, work: exponential mean 48 min}}}\n", "")
    text = text.replace("      g: {steps: {s: {wait: uniform 50 min to 70 min}}}\n", "")
    result = sim.run(scenario(text), precision=0.02, jobs=1)
    assert len(result.runs) == PILOT
    assert result.aims == () and not result.is_precise


def test_a_figure_that_is_none_is_refused_before_anything_runs(scenario):
    told: list[int] = []
    with pytest.raises(RunError, match=r"no figure is called 'utilization'\. Did you mean 'utilisation'\?"):
        sim.run(
            scenario(TWO),
            precision=0.05,
            precision_of=["utilization:clerk"],
            progress=lambda done, of: told.append(done),
        )
    with pytest.raises(RunError, match=r"no utilisation of 'clark'\. Did you mean utilisation:clerk\?"):
        sim.run(scenario(TWO), precision=0.05, precision_of=["utilisation:clark"])
    assert told == []


def test_the_net_present_value_is_a_figure_of_comparisons_only(two):
    with pytest.raises(RunError, match="no figure is called 'npv'"):
        check_named(["npv"], [two.plan])
    check_named(["npv"], [two.plan], has_npv=True)


def test_differences_are_measured_by_the_mean_of_the_baseline(scenario, two):
    faster = scenario(TWO.replace("48 min", "47 min").replace("name: two", "name: faster"))
    other = sim.run(faster, replications=10, jobs=1)
    (aim,) = aims_of_comparison([two, other], [], 0.05, ["lead_time:slow"])
    row = next(
        row
        for row in differences(two, other)
        if (row.metric, row.kind, row.of) == ("lead_time", "case", "slow")
    )
    assert aim.scenario == "faster"
    assert (aim.mean, aim.scale) == (row.interval.mean, row.baseline)
    assert aim.half_width == pytest.approx(row.interval.half_width)
