"""Caveats: what a reader has to know before the figures leave the page."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from sim.experiment.stability import Growth
from sim.report.subject import Subject
from sim.report.words import PERCENT, Unit, called, count, listed, named


def caveats(subject: Subject) -> list[str]:
    """What is particular to this run; what holds for all stands in the method."""
    return list(_caveats(subject))


def _caveats(subject: Subject) -> Iterator[str]:
    yield from subject.stored.remarks
    for result in subject.stored.results:
        for growth in result.growing:
            yield _growing(result.name, growth)
    yield from _open_at_the_end(subject)
    n = min(len(result.runs) for result in subject.stored.results)
    if n < 10:
        yield (
            f"The run has {count(n, 'replication')}"
            f"{': there are no intervals, and no figure here tells chance from effect' if n == 1 else ''}. "
            "Ten or more are usual, `--precision 2%` takes as many as are needed."
        )
    if not all(result.has_cases for result in subject.stored.results):
        yield "Cases were not kept (`--no-cases`): how lead times are distributed is not drawn."


def _open_at_the_end(subject: Subject) -> Iterator[str]:
    told = [
        f"{PERCENT.value(subject.of_cases(result.name, 'open_share').mean)} in {named(result.name)}"
        for result in subject.stored.results
        if subject.is_censored(result.name)
    ]
    if told:
        yield (
            f"Cases that were still open when the run ended: {listed(told)}. Lead times are of those that "
            "were finished, and may be too short."
        )


def _growing(scenario: str, growth: Growth) -> str:
    what = (
        f"the queue of {called(growth.of)}"
        if growth.kind == "team"
        else f"the number of {called(growth.of)} cases"
    )
    load = ""
    if growth.load is not None:
        load = " (nobody is there)" if isinf(growth.load) else f" (offered load {growth.load * 100:.0f} %)"
    verdict = "does not settle" if growth.verdict == "unstable" else "has not settled"
    return (
        f"{named(scenario)} {verdict}: {what} grows to the end of the run by "
        f"{Unit().interval(growth.per_week)} cases a week{load}. Its times are means of this horizon; a "
        "longer one makes them larger."
    )
