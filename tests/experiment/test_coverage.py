"""The benchmark that counts covering intervals can tell right from wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import coverage
from benchmarks.coverage import Model, admissible, covers, experiment, main, measure, models, station
from sim.experiment.intervals import Interval

SMALL = Model("small", (station(0.5, 1, 1, 20, 2),), 2.0)


def test_of_1000_right_intervals_926_to_971_cover():
    assert admissible(1_000) == (926, 971)


def test_an_interval_covers_what_lies_in_it():
    assert covers(Interval(1.0, 0.5, 1.5, 9), 1.5)
    assert not covers(Interval(1.0, 0.5, 1.5, 9), 1.6)
    assert not covers(Interval(1.0, None, None, 1), 1.0)


def test_each_experiment_has_luck_of_its_own_that_can_be_had_again():
    first, second = (experiment(SMALL, seed, 4, "simpy") for seed in (0, 1))
    assert first != second
    assert measure(SMALL, 2, 4, "simpy", 1) == [first, second]
    assert first.n == 4


def test_a_difference_is_paired():
    """On the same luck it is surer than either mean."""
    slow, quick = (station(0.5, work, 1, 20, 2) for work in (1, 0.9))
    both = Model("both", (slow, quick), 1 / (1 / 0.9 - 0.5) - 2.0)
    found, alone = (experiment(model, 3, 6, "simpy") for model in (both, Model("one", (slow,), 2.0)))
    assert found.half_width < alone.half_width / 2
    assert found.mean < 0


def test_the_exact_means_are_those_of_theory():
    exact = {model.name: model.exact for model in models()}
    assert exact["M/M/1 at 80 %"] == 5.0
    assert exact["M/M/3 at 67 %"] == pytest.approx(1 + 4 / 9)
    assert exact["rework network"] == pytest.approx((0.48 / 0.52 + 0.32 / 0.68) / 0.6)
    assert exact["paired difference, M/M/1 at 60 and 54 %"] == pytest.approx(0.9 / 0.46 - 2.5)


@pytest.mark.parametrize(("exact", "code", "word"), [(2.0, 0, "ok"), (3.0, 1, "OUTSIDE")])
def test_the_command_ends_with_1_if_too_few_intervals_cover(monkeypatch, capsys, exact, code, word):
    monkeypatch.setattr(coverage, "models", lambda: [replace(SMALL, exact=exact)])
    options = ["--experiments", "20", "--replications", "5", "--engine", "simpy", "--jobs", "1"]
    assert main(options) == code
    assert word in capsys.readouterr().out
