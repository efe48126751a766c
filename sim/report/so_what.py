"""So what: one sentence beside each chart on what follows from it, computed from the run's figures.

An empty sentence where nothing follows.
Not here: which charts there are (findings).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.experiment.compare import Difference
from sim.experiment.elapsed import elapsed_days
from sim.records import GROUPS
from sim.report.cash_table import part_name
from sim.report.key_figures import verdict, years_of
from sim.report.one_case import OneCase
from sim.report.subject import Alternative, Subject
from sim.report.words import PERCENT, Unit, called, count, listed, money, named

REPLAYED = 10
"""Replications that are run again for what is not kept of them, at most."""
_ENOUGH = 20
"""Cases that a percentile is told of."""
_DAYS = Unit()
_BUSY = 85.0
"""Percent of utilisation from which on a team's queue reacts strongly to small swings (Kingman's formula:
the wait grows with u / (1 - u))."""


def of_time_spent(subject: Subject) -> str:
    """What to look at next: the largest group that adds no value."""
    name = _last(subject)
    times = {
        group: sum(subject.of_cases(name, f"time_{each.name.lower()}").mean or 0.0 for each in classes)
        for group, classes in GROUPS.items()
    }
    waits = {group: hours for group, hours in times.items() if group not in ("value-adding", "necessary")}
    total, largest = sum(times.values()), max(waits, key=lambda group: waits[group])
    if waits[largest] <= 0:
        return ""
    left = "" if subject.best is None else "still "
    return (
        f"So what: in {named(name)} {subject.days.number(waits[largest])} of {subject.days.value(total)} are "
        f"{left}“{largest}”. Whoever wants to be faster begins there."
    )


def of_value_stream(subject: Subject) -> str:
    """Where a case of the main type queues longest, in working time a case."""
    name = _last(subject)
    waits = {
        of: (row.interval.mean or 0.0) * (subject.figures[name, "visits", "step", of].interval.mean or 0.0)
        for (scenario, metric, kind, of), row in subject.figures.items()
        if (scenario, metric, kind) == (name, "wait", "step") and of.split("/")[0] == subject.case_type
    }
    longest = max(waits, key=lambda of: waits[of], default=None)
    if longest is None or waits[longest] <= 0:
        return ""
    step = called(longest.rpartition("/")[2])
    return (
        f"So what: the longest queue of {named(name)} stands before “{step}”: "
        f"{subject.days.value(waits[longest])} of waiting a case.{_only_some(subject)}"
    )


def _only_some(subject: Subject) -> str:
    """That the map is of fewer replications than the other figures, where it is."""
    n = max(len(result.runs) for result in subject.stored.results)
    if n <= REPLAYED:
        return ""
    return (
        f" (The map is of the first {REPLAYED} of {n} replications; its means differ a little from others.)"
    )


def of_journey(scenario: str, chosen: OneCase) -> str:
    """Which case it is, and how to look at it."""
    alike = count(chosen.n_alike, "case")
    outcome = called(chosen.outcome)
    which = f"the one case of {named(scenario)} that ended as “{outcome}”"
    if chosen.n_alike > 1:
        which = f"the median of {alike} of {named(scenario)} that ended as “{outcome}”: half took longer"
    return (
        f"So what: this is {which} (replication {chosen.replication}). Each arrow is a hand-over, and what "
        "is hatched is waiting: no one person sees all of it."
    )


def of_days(parts: Sequence[Difference]) -> str:
    """What surely became less, and what surely became more, by the parts that are drawn."""
    sure = [row for row in parts if row.verdict == "sure" and row.interval.mean]
    less = [row.metric for row in sure if (row.interval.mean or 0.0) < 0]
    more = [row.metric for row in sure if (row.interval.mean or 0.0) > 0]
    if not sure:
        return "So what: no part of the lead time is surely another than before."
    told = [f"surely less is {listed(less)}"] if less else []
    told += [f"surely more is {listed(more)}"] if more else []
    return f"So what: {'; '.join(told)}. The rest may be chance."


def of_lead_time(subject: Subject) -> str:
    """What may be promised."""
    result = subject.baseline if subject.best is None else subject.best.result
    days = elapsed_days(result, subject.case_type or "")  # the percentile is that of the curve
    if len(days) < _ENOUGH:
        return ""
    late, mean = float(np.percentile(days, 85)), float(days.mean())
    if late <= mean:
        return ""
    return (
        f"So what: a promise that holds in 85 of 100 cases of {named(result.name)} is {_DAYS.number(late)} "
        f"calendar days, not the mean of {_DAYS.number(mean)}."
    )


def of_owners(subject: Subject, team: str) -> str:
    """How much of the paid time of those who ask adds value."""
    row = subject.figures.get((_last(subject), "owner_time_value_adding", "owner", team))
    if row is None or row.interval.mean is None:
        return ""
    return (
        f"So what: {PERCENT.value(row.interval.mean)} of the paid time of {called(team)} adds value to their "
        "own cases. What an hour of theirs is worth depends on what the rest goes to."
    )


def of_load(subject: Subject) -> str:
    """The busiest team."""
    name = _last(subject)
    found = {
        of: row.interval.mean
        for (scenario, metric, kind, of), row in subject.figures.items()
        if (scenario, metric, kind) == (name, "utilisation", "team") and row.interval.mean is not None
    }
    if not found:
        return ""
    busiest = max(found, key=lambda of: found[of])
    load = PERCENT.value(found[busiest])
    if found[busiest] < _BUSY:
        return (
            f"So what: over all replications no team is above {_BUSY:.0f} %; {called(busiest)} is busiest "
            f"with {load}."
        )
    return (
        f"So what: {called(busiest)} is busiest with {load}, over all replications. So near to its limit, a "
        "little more demand makes its queue much longer."
    )


def of_flow(subject: Subject) -> str:
    """How many cases are inside."""
    inside = subject.of_cases(_last(subject), "wip").mean
    rate = subject.of_cases(_last(subject), "throughput").mean
    if not inside or not rate:
        return ""
    return (
        f"So what: over all replications {Unit().number(inside)} cases are inside on average. At the same "
        "rate of leaving, fewer begun at once would mean that each is done sooner (Little's law)."
    )


def of_all_money(subject: Subject) -> str:
    """Which changes surely pay."""
    found = [(each.name, each.appraisal) for each in subject.alternatives if each.appraisal is not None]
    sure = [named(name) for name, each in found if verdict(each.npv) == "sure" and (each.npv.mean or 0.0) > 0]
    if not sure:
        return "So what: none of the changes surely pays on these runs."
    verb = "pays" if len(sure) == 1 else "pay"
    return f"So what: of {count(len(found), 'change')}, {listed(sure)} surely {verb}."


def of_worth(subject: Subject, best: Alternative) -> str:
    """Whether the case stands without its largest benefit."""
    found = best.appraisal
    benefits = [] if found is None else [part for part in found.parts if part.is_benefit]
    if found is None or not benefits:
        return ""
    largest = max(benefits, key=lambda part: part.worth.mean or 0.0)
    worth, rest = largest.worth.mean or 0.0, (found.npv.mean or 0.0) - (largest.worth.mean or 0.0)
    if worth <= 0:
        return "So what: there is no benefit to carry the costs."
    stands = "would still pay" if rest > 0 else "would not pay"
    return (
        f"So what: without “{part_name(largest)}” the change {stands} "
        f"({money(rest, subject.currency, sign=True)}). That is the number to ask about."
    )


def of_net_benefit(subject: Subject, best: Alternative) -> str:
    """How much money is out at most."""
    found = best.appraisal
    if found is None:
        return ""
    months = range(12 * years_of(found) + 1)
    balance = found.mean_case.balance([month / 12 for month in months])
    lowest = min(balance)
    if lowest >= 0:
        return f"So what: on average, {named(best.name)} is never in the red."
    return (
        f"So what: on average, {named(best.name)} has {money(-lowest, subject.currency)} out at most, in "
        f"month {balance.index(lowest)}; so much has to be provided."
    )


def of_npv(best: Alternative) -> str:
    """In how many replications it pays."""
    if best.appraisal is None:
        return ""
    n = len(best.appraisal.cases)
    above = sum(case.npv > 0 for case in best.appraisal.cases)
    return (
        f"So what: in {above} of {count(n, 'replication')} {named(best.name)} pays. Each is one way in which "
        "the same years may turn out, given that the assumptions are right."
    )


def _last(subject: Subject) -> str:
    """The scenario that is spoken of: the best alternative, or the only one."""
    return subject.baseline.name if subject.best is None else subject.best.name
