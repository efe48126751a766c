"""The frontier and marginal worth, drawn of a search whose findings are written here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.charts import plot_frontier, plot_marginal_worth
from sim.cli.tune_document import tune_document
from sim.cli.tune_text import tune_text
from sim.experiment.intervals import Interval
from sim.experiment.levers import Lever
from sim.experiment.promises import Promise
from sim.experiment.tune import Candidate, Step, Tuning

LEAD = ("lead_time_p85", "case", "form", "h")


def about(mean: float, half: float, n: int = 20) -> Interval:
    return Interval(mean, mean - half, mean + half, n)


def candidate(size: int, days: float, verdict: str, behind: float) -> Candidate:
    setting = (("desk.size", float(size)),)
    cost, figures = about(80_000 * size, 500), {LEAD: about(8 * days, 2)}
    return Candidate(setting, 20, cost, about(-behind, 900), figures, verdict, about(behind, 700))


def a_tuning() -> Tuning:
    run = (
        candidate(1, 9.0, "breaks", -80_000),
        candidate(2, 3.5, "keeps", 0),
        candidate(3, 3.0, "seems to keep", 80_000),
    )
    steps = (
        Step("desk.size", 2, 3, 20, about(80_000, 10), about(-70_000, 900), {LEAD: about(-4, 1)}, True),
        Step("desk.size", 2, 1, 0, cannot_work="desk surely falls behind"),
    )
    return Tuning(
        name="Desk $ and a $ sign",
        levers=(Lever("desk.size", "size", ("teams", "desk", "size"), 1.0, 1.0, 3.0),),
        promises=(Promise("P85 of lead time of form <= 4 d", (LEAD,), True, 32.0, "d", 8.0),),
        goal="cost",
        lead=LEAD,
        currency="EUR",
        years=1,
        day_h=8.0,
        delta=800.0,
        tolerance=0.02,
        confidence=0.95,
        seed=7,
        engine="auto",
        n_settings=4,
        n_screened=1,
        screened_by={"desk": 1},
        n_run=3,
        n_keep=1,
        n_break=1,
        spent=120,
        budget=10_000,
        present=replace(run[0], setting=()),
        best=run[1],
        not_told_apart=(),
        nearest=None,
        run=run,
        frontier=run,
        marginal=steps,
        is_local=False,
        is_sure=True,
    )


def none_keeps() -> Tuning:
    found = a_tuning()
    return replace(found, best=None, nearest=found.run[0], marginal=(), frontier=found.run[:1])


def texts(figure: Figure) -> str:
    drawn = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        drawn += [axes.get_xlabel(), axes.get_ylabel(), *(text.get_text() for text in axes.texts)]
    return " ".join(" ".join(drawn).split())


def test_the_frontier_says_what_the_best_costs_with_units_promise_seed_and_counts() -> None:
    told = texts(plot_frontier(a_tuning()))
    assert "the cheapest staffing that keeps the promises costs 160 k EUR, 80 k EUR more than today's" in told
    assert "cost over 1 year, present value [k EUR]" in told
    assert "lead time P85 of form [working days of 8 h]" in told
    assert "3 of 4 settings run, 1 cannot work, 20 replications each, 120 in all. Seed 7." in told


def test_the_frontier_goes_through_its_settings_and_the_promise_is_a_line() -> None:
    (axes,) = plot_frontier(a_tuning()).axes
    steps = next(line for line in axes.lines if line.get_drawstyle() == "steps-post")
    assert np.array_equal(steps.get_xdata(), [80, 160, 240])
    assert np.array_equal(steps.get_ydata(), [9.0, 3.5, 3.0])
    assert any(np.array_equal(line.get_ydata(), [4.0, 4.0]) for line in axes.lines)


def test_a_search_without_a_best_says_so() -> None:
    assert "no staffing within the bounds is known to keep the promises" in texts(plot_frontier(none_keeps()))
    empty = replace(none_keeps(), run=(), frontier=(), nearest=None)
    assert "nothing to draw" in texts(plot_frontier(empty))


def test_marginal_worth_names_the_person_who_does_most_and_what_is_left_out() -> None:
    told = texts(plot_marginal_worth(a_tuning()))
    assert "one more in desk does most for the lead time P85 of form: −0.5 d" in told
    assert "Left out, because a team falls behind or it was not run: desk 1." in told
    assert "net present value [k EUR]" in told
    assert "no marginal worth" in texts(plot_marginal_worth(none_keeps()))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            a_tuning(),
            "The best: desk 2 instead of 1. Its present value of costs over 1 year is 160.0 ± 0.50 k EUR",
        ),
        (a_tuning(), "80.00 k EUR more than today (79.30 to 80.70)"),
        (
            a_tuning(),
            "of the 3 settings run none that keeps every promise with 2 % to spare is cheaper by more",
        ),
        (replace(a_tuning(), is_local=True), "The guarantee is local: a setting farther away may be better."),
        (replace(a_tuning(), is_sure=False), "the budget of 10,000 replications was spent before the best"),
        (
            replace(a_tuning(), is_sure=False, incomplete="interrupted"),
            "This is not sure: the search was stopped",
        ),
        (none_keeps(), "The nearest is as today: lead time P85 of form is 9 d (8.75 d to 9.25 d) where 4 d"),
        (
            none_keeps(),
            "is promised, 125 % too much. With 95 % confidence, none of the 3 run keeps every promise",
        ),
    ],
)
def test_what_is_printed_says_no_more_than_is_sure(found: Tuning, words: str) -> None:
    assert words in " ".join(tune_text(found).split())
    assert tune_document(found)
