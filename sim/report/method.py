"""How a run was made, and what it leaves out, in plain words.

What is particular to a run and to be beware of stands elsewhere (caveats).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.subject import Subject
from sim.report.words import clean, count

Paragraph = tuple[str, str]
"""A heading, and what is said under it."""


def method(subject: Subject) -> list[Paragraph]:
    """What was done."""
    return list(_method(subject))


def _method(subject: Subject) -> Iterator[Paragraph]:
    yield (
        "Model",
        "The organisation was simulated event by event: cases arrive, queue for teams with working hours, "
        "holidays and other work, are worked on, sent back and handed over. Every instant of a case falls "
        "into exactly one class, so the parts of a lead time sum to the whole.",
    )
    yield (
        "Process efficiency",
        "The time in which value is added, as a share of the lead time; both are counted in working time.",
    )
    yield "Warm-up", _warm_up(subject)
    yield (
        "Replications",
        f"Chance is part of the model, so the run was repeated {count(len(subject.baseline.runs), 'time')} "
        "with other luck. An interval (Student-t, 95 %) says how well a mean is known; more replications "
        "make it narrower.",
    )
    if subject.alternatives:
        yield (
            "The same luck for all",
            "In each replication every scenario meets the same cases with the same work [common random "
            "numbers], so a difference is taken case for case and not between two lotteries. “Sure” means "
            "that the interval of the difference excludes zero; “may be chance”, that it does not. With many "
            "figures, one in twenty is “sure” by chance: decide beforehand which one you ask about.",
        )
    if subject.has_money:
        yield (
            "Money",
            "The form is that of Forrester's Total Economic Impact: initial, years, present value. The "
            "return on investment is the mean net present value per mean present value of costs. P10 to P90 "
            "says how far one future may lie from the mean, and does not shrink with more replications.",
        )


def left_out(subject: Subject) -> list[str]:
    """What no figure of the run knows of."""
    found = [
        "Neither intervals nor percentiles know whether the assumptions are right: they speak of chance "
        "within the model.",
        "People do not learn, tire, fall ill or leave, and nobody jumps a queue except by the rules of the "
        "scenario. Time is local wall time, without time zones and daylight saving.",
        "Cases that were still open at the end are not in lead times.",
    ]
    if subject.has_money:
        found.append(
            "Not counted in money: what an idea that was dropped for waiting might have become elsewhere, "
            "satisfaction, the risk of a breach. Name such things beside the business case, not in it."
        )
    return found


def _warm_up(subject: Subject) -> str:
    clock, plan = subject.scenario.file.clock, subject.baseline.plan
    then = f" Then it ran for {clean(str(clock.horizon))}."
    if plan.warm_up == 0:
        return f"None: measuring began with an empty organisation.{then}"
    return (
        f"The organisation ran for {clean(str(clock.warm_up))} before month 0 ({clean(clock.start)}), so "
        f"that queues are in their usual state; nothing is measured in that time.{then}"
    )
