"""The time of a flow by step: what a value-stream map draws of one replication.

Every business instant of a counted case stands in one account class (accounts) and here also at one step.
Where branches run side by side, it is the step of the token whose class counts, the earlier token of equals:
so parallel branches count once, and the times of all steps sum to the lead time, exactly.

All times are integer milliseconds of the business calendar.
Not here: figures over replications (experiment), pictures (charts).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import (
    N_CLASSES,
    Tiles,
    account_of_tiles,
    clipped_tiles,
    flattened,
    tiles_of_spans,
)
from sim.metrics.view import BoolArray, View, view
from sim.plan.arrays import NONE, Plan, TargetKind
from sim.records import Facts, SpanState

WAITING = tuple(state for state in SpanState if state != SpanState.WORK)
Way = tuple[int, str]  # step, and the outcome taken there


@dataclass(frozen=True, slots=True)
class StreamTally:
    """One case type, or the passages through one flow, in one replication.

    The arrays have a row for each step of the plan; those of `account`, `own` and `standing` one more, the
    last, for what precedes the first step.

    Attributes
    ----------
    counted
        Cases or passages that left in the window, those of `start_with` excepted.
    entered, left
        How many came and went in the window, all.
    open_ms
        Business time in the window.
    account
        Ms of the counted ones by step and `AccountClass`, shape (n_steps + 1, 11); of a flow also at steps
        outside of it, in which the case was at the same time.
    own
        The same where branches do not count once: what each step of a branch takes, whatever the others do.
    visits, complete, accurate
        Visits to each step within them; those completed; those of them that were not sent back to.
    standing
        Ms in the window during which cases stood and waited at each step, all cases.
    ways
        How many took each outcome that leads back, away or into a detour, of the visits counted.
    """

    counted: int
    entered: int
    left: int
    open_ms: int
    account: Int64Array
    own: Int64Array
    visits: Int64Array
    complete: Int64Array
    accurate: Int64Array
    standing: Int64Array
    ways: dict[Way, int]

    @property
    def lead_time_ms(self) -> int:
        """Business ms of all counted ones together."""
        return int(self.account.sum())


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stays of which time and visits are taken, and whose they are."""

    case: Int64Array
    begin: Int64Array
    end: Int64Array
    is_counted: BoolArray
    has_left: BoolArray


def value_stream(facts: Facts, plan: Plan, of: str, *, kind: str = "case") -> StreamTally:
    """The tally of a case type (`kind` "case") or of a flow ("flow") by its name.

    Raises
    ------
    ValueError
        There is none of that name.
    """
    index = _index(plan, of, kind)
    seen = view(facts, plan)
    stays = _cases(seen, index) if kind == "case" else _passages(seen, index)
    counted = np.flatnonzero(stays.is_counted)
    counted = counted[np.lexsort((stays.begin[counted], stays.case[counted]))]
    whose = stays.case[counted], stays.begin[counted], stays.end[counted]
    visits = seen.visits
    within = _within(visits["case"], visits["enter"], *whose, closed=kind == "case")
    n = len(plan.steps)
    complete = within & (visits["complete"] >= 0)
    accurate = complete & (visits["sent_back"] == 0)
    visited = tuple(
        np.bincount(visits["step"][chosen], minlength=n) for chosen in (within, complete, accurate)
    )
    is_in = (stays.begin >= plan.warm_up) & (stays.begin < plan.end)
    return StreamTally(
        len(counted),
        int(is_in.sum()),
        int(stays.has_left.sum()),
        seen.business.open_between(plan.warm_up, plan.end),
        account_by_step(seen, *whose),
        _own_by_step(seen, *whose),
        visited[0],
        visited[1],
        visited[2],
        _standing(seen),
        _ways(seen, complete, within),
    )


def account_by_step(seen: View, case: Int64Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """Business ms of stretches [begin, end) of cases, by step and class, shape (n_steps + 1, 11)."""
    n = len(seen.plan.steps)
    tiles, step = _tiles_by_step(seen)
    tile, clipped = clipped_tiles(tiles, case, begin, end)
    at = np.where(step[tile] == NONE, n, step[tile])
    rows = Tiles(at, *(getattr(clipped, name) for name in Tiles.__slots__[1:]))
    return account_of_tiles(rows, seen.plan, n + 1)


def _tiles_by_step(seen: View) -> tuple[Tiles, Int64Array]:
    """Disjoint tiles of all cases, and the step of each."""
    spans, calendars = seen.spans, seen.plan.calendars
    rows = tiles_of_spans(seen.facts, calendars)  # its first column is the span, here
    token = spans["token"][rows[:, 0]]
    alone = rows[token == 0]
    step = spans["step"][alone[:, 0]]
    alone[:, 0] = spans["case"][alone[:, 0]]
    beside, step_beside = _branches(seen, rows[token != 0])
    rows, steps = np.concatenate((alone, beside)), np.concatenate((step, step_beside))
    kept = np.flatnonzero(rows[:, 1] < rows[:, 2])
    kept = kept[np.lexsort((rows[kept, 1], rows[kept, 0]))]
    return Tiles(*(np.ascontiguousarray(column) for column in rows[kept].T)), steps[kept]


def _branches(seen: View, rows: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Tiles of parallel branches without overlap: the smallest class counts, then the earliest token."""
    spans = seen.spans
    span = rows[:, 0]
    token = spans["token"][span]
    n_tokens = int(token.max(initial=0)) + 1
    rows = rows.copy()
    rows[:, 0] = spans["case"][span]
    rows[:, 5:] = rows[:, 5:] * n_tokens + token[:, None]
    flat = flattened(rows, seen.plan.calendars, N_CLASSES * n_tokens)
    step = _step_at(spans, flat[:, 0], flat[:, 5] % n_tokens, flat[:, 1])
    flat[:, 5:] //= n_tokens
    return flat, step


def _step_at(
    spans: dict[str, Int64Array], case: Int64Array, token: Int64Array, instant: Int64Array
) -> Int64Array:
    """The step at which a token of a case is at an instant within one of its spans."""
    kept = np.flatnonzero((spans["token"] != 0) & (spans["begin"] < spans["end"]))
    known = _sortable(*(spans[name][kept] for name in ("case", "token", "begin")))
    order = np.argsort(known)
    place = np.searchsorted(known[order], _sortable(case, token, instant), side="right") - 1
    result: Int64Array = spans["step"][kept[order[place]]]
    return result


def _sortable(*columns: Int64Array) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    names = [f"f{i}" for i in range(len(columns))]
    key = np.empty(len(columns[0]), dtype=[(name, np.int64) for name in names])
    for name, column in zip(names, columns, strict=True):
        key[name] = column
    return key


def _index(plan: Plan, of: str, kind: str) -> int:
    names = [row.name for row in plan.case_types] if kind == "case" else [row.name for row in plan.flows]
    if of not in names:
        word = "case type" if kind == "case" else "flow"
        raise ValueError(f"no {word} is called {of!r} in {plan.name}; there are: {', '.join(names)}")
    return names.index(of)


def _cases(seen: View, case_type: int) -> _Stretches:
    mine = np.flatnonzero(seen.case_type == case_type)
    stays = seen.arrive[mine], seen.leave[mine], seen.is_counted[mine], seen.has_left[mine]
    return _Stretches(mine, *stays)


def _passages(seen: View, flow: int) -> _Stretches:
    rows, plan = seen.passages, seen.plan
    mine = np.flatnonzero(rows["flow"] == flow)
    case, begin, leave = (rows[name][mine] for name in ("case", "enter", "leave"))
    has_left = (leave >= plan.warm_up) & (leave < plan.end)
    end = np.where(leave < 0, seen.facts.end, leave)
    return _Stretches(case, begin, end, has_left & ~seen.is_started_with[case], has_left)


def _within(
    case: Int64Array, instant: Int64Array, of: Int64Array, begin: Int64Array, end: Int64Array, *, closed: bool
) -> BoolArray:
    """Which instants of cases lie in a stretch of theirs, `closed` at its end.

    Stretches are sorted by (case, begin) and do not overlap.
    """
    if not len(of):
        return np.zeros(len(case), dtype=np.bool_)
    place = np.searchsorted(_sortable(of, begin), _sortable(case, instant), side="right") - 1
    place = np.maximum(place, 0)
    inside = (begin[place] <= instant) & ((instant <= end[place]) if closed else (instant < end[place]))
    result: BoolArray = inside & (of[place] == case)
    return result


def _own_by_step(seen: View, case: Int64Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """Business ms by step and class of the spans that begin in stretches, each by itself."""
    n, spans = len(seen.plan.steps), seen.spans
    chosen = _within(spans["case"], spans["begin"], case, begin, end, closed=False)
    rows = tiles_of_spans(seen.facts, seen.plan.calendars)
    rows = rows[chosen[rows[:, 0]] & (rows[:, 1] < rows[:, 2])]
    step = spans["step"][rows[:, 0]]
    rows[:, 0] = np.where(step == NONE, n, step)
    return account_of_tiles(Tiles(*rows.T), seen.plan, n + 1)


def _standing(seen: View) -> Int64Array:
    """Ms in the window in which cases wait at each step, all cases, shape (n_steps + 1,)."""
    spans, n = seen.spans, len(seen.plan.steps)
    here = np.flatnonzero(np.isin(spans["state"], WAITING))
    step = np.where(spans["step"][here] == NONE, n, spans["step"][here])
    result = np.zeros(n + 1, dtype=np.int64)
    np.add.at(result, step, seen.in_window(spans["begin"][here], spans["end"][here]))
    return result


# --- outcomes


def _ways(seen: View, complete: BoolArray, within: BoolArray) -> dict[Way, int]:
    """Which outcomes the counted visits took, as far as what follows at the same instant tells."""
    found: Counter[Way] = Counter()
    for index, step in enumerate(seen.plan.steps):
        for act in (seen.plan.acts[each] for each in (step.act, *(one.act for one in step.alternatives))):
            for outcome in act.outcomes:
                way = (index, outcome.name)
                if way in found:
                    continue
                target = outcome.target
                if target.kind is TargetKind.GO_TO:
                    found[way] = _followed_by(seen, complete, index, target.step)
                elif target.kind is TargetKind.DO:
                    found[way] = _entered(seen, within, target.call)
                elif target.kind is TargetKind.LEAVE:
                    found[way] = _left(seen, complete, index, target.name)
                elif target.kind is TargetKind.END:
                    found[way] = _ended(seen, complete, index, target.name)
    return dict(found)


def _at(seen: View, chosen: BoolArray, step: int) -> Int64Array:
    return np.flatnonzero(chosen & (seen.visits["step"] == step))


def _followed_by(seen: View, complete: BoolArray, step: int, target: int) -> int:
    """Visits to a step at whose completion the case enters the target."""
    visits = seen.visits
    here, there = _at(seen, complete, step), np.flatnonzero(visits["step"] == target)
    done = _sortable(visits["case"][here], visits["complete"][here])
    entered = _sortable(visits["case"][there], visits["enter"][there])
    return int(np.isin(done, entered).sum())


def _entered(seen: View, within: BoolArray, call: int) -> int:
    """Times a detour was begun: visits to the first of its steps that any case came to."""
    step = seen.plan.calls[call].first
    while step != NONE:
        n = len(_at(seen, within, step))
        if n:
            return n
        step = seen.plan.steps[step].next
    return 0


def _left(seen: View, complete: BoolArray, step: int, name: str) -> int:
    """Visits to a step at whose completion a passage ends under that name."""
    here = _at(seen, complete, step)
    done = {(int(seen.visits["case"][i]), int(seen.visits["complete"][i])) for i in here}
    return sum(row.outcome == name and (row.case, row.leave) in done for row in seen.facts.passages)


def _ended(seen: View, complete: BoolArray, step: int, name: str) -> int:
    """Visits to a step at whose completion the case ends under that name."""
    visits, cases = seen.visits, seen.facts.cases
    return sum(
        cases[case].outcome == name and cases[case].leave == done
        for case, done in (
            (int(visits["case"][i]), int(visits["complete"][i])) for i in _at(seen, complete, step)
        )
    )
