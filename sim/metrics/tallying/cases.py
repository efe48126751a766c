"""Cases by type and outcome: how long they stayed, their accounts, what was done for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import case_column
from sim.metrics.tallying.stretches import growth_sum, stays
from sim.metrics.view import View, summed
from sim.records.tallies import CaseTally, Stays


def tally_cases(seen: View) -> tuple[CaseTally, ...]:
    """One for each case type."""
    done = _Done.of(seen)
    return tuple(_tally_type(seen, done, index) for index in range(len(seen.plan.case_types)))


@dataclass(frozen=True, slots=True)
class _Done:
    """What was done for each case, shape (n_cases,): working ms, visits, changes of team."""

    worked: Int64Array
    visits: Int64Array
    changes: Int64Array

    @classmethod
    def of(cls, seen: View) -> _Done:
        own = seen.works["case"] >= 0  # other work is of no case
        n = len(seen.case_type)
        worked = summed(seen.works["case"][own], seen.works.worked[own], n)
        return cls(worked, np.bincount(seen.visits["case"], minlength=n), _hand_overs(seen))


def _tally_type(seen: View, done: _Done, index: int) -> CaseTally:
    mine = seen.case_type == index
    counted = np.flatnonzero(seen.is_counted & mine)
    is_open = mine & (seen.leave >= seen.plan.end)
    aged = is_open & ~seen.is_started_with
    return CaseTally(
        counted=stays(seen, seen.arrive[counted], seen.leave[counted]),
        account=tuple(seen.account[counted].sum(axis=0).tolist()),
        left=int((mine & seen.has_left).sum()),
        inside_ms=int(seen.in_window(seen.arrive[mine], seen.leave[mine]).sum()),
        growth=growth_sum(seen, seen.arrive[mine], seen.leave[mine]),
        by_patience=int(case_column(seen.facts, "by_patience")[counted].sum()),
        in_production=_in_production(seen, counted, seen.plan.case_types[index].value_from),
        open=int(is_open.sum()),
        open_known=int(aged.sum()),
        open_age_ms=int(seen.lead_time(seen.arrive[aged], seen.leave[aged]).sum()),
        visits=int(done.visits[counted].sum()),
        hand_overs=int(done.changes[counted].sum()),
        worked_ms=int(done.worked[counted].sum()),
        outcomes=_outcomes(seen, counted),
    )


def _hand_overs(seen: View) -> Int64Array:
    """Changes of team between consecutive works of a case, by begin; shape (n_cases,).

    Joint work counts once, for the team recorded first. A batch counts for its leader only.
    """
    works = seen.works
    order = np.lexsort((works["begin"], works["case"]))
    order = order[works["case"][order] >= 0]
    case, step, begin, team = (works[name][order] for name in ("case", "step", "begin", "team"))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = (case[1:] == case[:-1]) & (step[1:] == step[:-1]) & (begin[1:] == begin[:-1])
    case, team = case[~same], team[~same]
    changed = (case[1:] == case[:-1]) & (team[1:] != team[:-1])
    return np.bincount(case[1:][changed], minlength=len(seen.case_type))


def _in_production(seen: View, counted: Int64Array, milestone: str) -> int:
    return sum(milestone in seen.facts.cases[i].milestones for i in counted) if milestone else 0


def _outcomes(seen: View, counted: Int64Array) -> dict[str, Stays]:
    found = np.array([seen.facts.cases[i].outcome for i in counted], dtype=np.str_)
    by_outcome = ((name, counted[found == name]) for name in sorted(set(found.tolist())))
    return {name: stays(seen, seen.arrive[here], seen.leave[here]) for name, here in by_outcome}
