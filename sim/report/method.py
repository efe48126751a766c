"""How a run was made, and what it leaves out, in plain words.

What is particular to a run and to be beware of stands elsewhere (caveats).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.aims import NPV, Aim
from sim.report.subject import Subject
from sim.report.words import clean, count, named

_MOST_AIMS = 6
"""Figures that are told one by one, those that need most replications first."""

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
    if subject.baseline.precision is not None:
        yield "Precision", _precision(subject, subject.baseline.precision)
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


def _precision(subject: Subject, asked: float) -> str:
    """What the number of replications was to bring, whether it did, and how sure each figure is."""
    aims, share = subject.baseline.aims, f"{asked * 100:g} %"
    n = len(subject.baseline.runs)
    end = f"That was reached with {count(n, 'replication')}"
    if not subject.baseline.is_precise:
        end = f"That was not reached with the {count(n, 'replication')} that were run"
    if not aims:
        return f"Replications were added to know figures within ± {share}. {end}."
    what = "a figure" if len(aims) == 1 else f"{len(aims)} figures together, each"
    if subject.alternatives:
        what += " difference to the baseline" if len(aims) == 1 else " a difference to the baseline,"
    hardest = sorted(aims, key=lambda aim: (-aim.needed, -(aim.share or 0.0)))
    told = "; ".join(_told_aim(aim) for aim in hardest[:_MOST_AIMS])
    more = f"; and {len(aims) - _MOST_AIMS} that need fewer" if len(aims) > _MOST_AIMS else ""
    return f"Replications were added to know {what} within ± {share}. {end}: {told}{more}."


def _told_aim(aim: Aim) -> str:
    metric = "net present value" if aim.metric == NPV else aim.metric.replace("_", " ")
    of = f" of {named(aim.of.replace('_', ' '))}" if aim.of else ""
    sure = "cannot be told from so few" if aim.share is None else f"± {aim.share * 100:.2g} %"
    return f"{metric}{of} in {named(aim.scenario)} {sure}"


def _warm_up(subject: Subject) -> str:
    clock, plan = subject.scenario.file.clock, subject.baseline.plan
    then = f" Then it ran for {clean(str(clock.horizon))}."
    if plan.warm_up == 0:
        return f"None: measuring began with an empty organisation.{then}"
    return (
        f"The organisation ran for {clean(str(clock.warm_up))} before month 0 ({clean(clock.start)}), so "
        f"that queues are in their usual state; nothing is measured in that time.{then}"
    )
