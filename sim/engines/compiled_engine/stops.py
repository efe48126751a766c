"""Why a run had to stop, in words: read from the memory that it left."""

from __future__ import annotations

from collections.abc import Iterator

from sim.calendars import Int64Array
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine.tables import Tables
from sim.errors import EngineError
from sim.plan.arrays import Plan


def explain(words: Int64Array, tables: Tables, plan: Plan) -> str:
    """Why the loop stopped."""
    stop = int(words[at.STOP])
    if stop == at.STOP_LOOP:
        return _explain_loop(words, tables, plan)
    if stop == at.STOP_RUNAWAY:
        return _explain_runaway(words, plan)
    if stop == at.STOP_OVERFLOW:
        return _explain_overflow(words)
    if stop == at.STOP_LOG:
        return _explain_log(words)
    if stop == at.STOP_ACCOUNT:
        return _explain_account(words, plan)
    if stop == at.STOP_NOT_DRAWN:
        return "a distribution stands where nothing is drawn"
    raise AssertionError(f"the compiled engine stopped for no known reason ({stop})")


def _explain_loop(words: Int64Array, tables: Tables, plan: Plan) -> str:
    n = min(int(words[at.N_LATEST]), at.N_LATEST_KEPT)
    latest = [tables.texts[int(words[at.LATEST + i])] for i in range(n)]
    kind, ref = int(words[at.STOP_AT]), int(words[at.STOP_MORE])
    if kind >= 0:
        # the present one is the latest of twenty
        oldest = int(words[at.N_LATEST]) % at.N_LATEST_KEPT if n == at.N_LATEST_KEPT else None
        latest = [text for i, text in enumerate(latest) if i != oldest]
        latest.append(_who(words, tables, plan, kind, ref))
    return (
        f"more than {int(words[at.MOST_AT_INSTANT]):,} things happened at one instant "
        f"({int(words[at.NOW]):,} ms after the start), lastly at {', '.join(sorted(set(latest)))}. "
        "A loop that takes no time? Let one of these steps take some."
    )


def _who(words: Int64Array, tables: Tables, plan: Plan, kind: int, ref: int) -> str:
    """What an item is planned for, as the message names it."""

    def text(address: int) -> str:
        return tables.texts[int(words[address])]

    if kind in (at.I_ARRIVAL, at.I_SUCCESSOR):
        return text(ref + at.SOURCE_NAME)
    if kind in (at.I_LINE, at.I_LINE_CHANGED):
        return text(ref + at.LINE_NAME)
    if kind == at.I_TEAM:
        return f"team {text(ref + at.TEAM_NAME)}"
    if kind == at.I_TEAM_CHANGE:
        return text(ref + at.TEAM_NAME)
    if kind == at.I_UNIT:
        return text(ref + at.ENV_NAME)
    if kind == at.I_CASE_PATIENCE:
        return plan.sources[int(words[ref + at.CASE_SOURCE])].name
    return text(_act_of(words, kind, ref) + at.ACT_PATH)


def _act_of(words: Int64Array, kind: int, ref: int) -> int:
    """The act that an item belongs to."""
    if kind == at.I_BATCH:
        return int(words[ref + at.BATCH_ACT])
    if kind == at.I_WORK_PATIENCE:
        return int(words[ref + at.WORK_ACT])
    if kind == at.I_STRETCH:
        return int(words[words[ref + at.STRETCH_FIRST] + at.WORK_ACT])
    return int(words[ref + at.TOKEN_ACT])


def _explain_runaway(words: Int64Array, plan: Plan) -> str:
    teams = [int(words[words[at.TEAMS] + i]) for i in range(len(plan.teams))]
    lengths = [int(words[team + at.TEAM_QUEUE]) for team in teams]
    longest = lengths.index(max(lengths))
    days = int(words[at.NOW]) / 86_400_000
    return (
        f"the run was ended after {days:,.0f} days and {int(words[at.N_CASES]):,} cases: "
        f"{int(words[at.N_OPEN]):,} cases were open, {lengths[longest]:,} of them in the queue "
        f"of team {plan.teams[longest].name}. It gets more work than it can do."
    )


def _explain_account(words: Int64Array, plan: Plan) -> str:
    case, found = int(words[at.STOP_AT]), int(words[at.STOP_MORE])
    source = plan.sources[int(words[case + at.CASE_SOURCE])].name
    lead_time = plan.calendars[plan.business].open_between(
        int(words[case + at.CASE_ARRIVE]), int(words[at.NOW])
    )
    return (
        f"replication {words[at.REPLICATION]}: the account of {source} {words[case + at.CASE_NUMBER]} "
        f"generation {words[case + at.CASE_GENERATION]} sums to {found} ms, its lead time is {lead_time} ms. "
        "This is a defect of the engine."
    )


def _explain_overflow(words: Int64Array) -> str:
    found = int(words[at.STOP_MORE])
    for name, value, n_bits in (
        ("seed", int(words[at.SEED]), 32),
        ("replication", int(words[at.REPLICATION]), 32),
        ("case number", int(words[at.STOP_AT]), 32),
        ("visit", found >> 32, 32),
        ("generation", found & 0xFFFFFFFF, 24),
    ):
        if not 0 <= value < 1 << n_bits:
            return (
                f"{name} {value} does not fit its word of the random counter or key: "
                f"admissible is 0 .. {(1 << n_bits) - 1} (2^{n_bits} − 1), for example 1"
            )
    raise AssertionError("nothing overflowed")


def check_log_holds(tables: Tables) -> None:
    """Raise EngineError if the event log cannot number all names and paths of the plan."""
    if len(tables.texts) >> at.TEXT_BITS:
        raise EngineError(
            f"the scenario has {len(tables.texts):,} names and paths, the event log can tell "
            f"{1 << at.TEXT_BITS:,} apart; run without the log"
        )


def _explain_log(words: Int64Array) -> str:
    what, n_bits = (
        ("case", at.SERIAL_BITS),
        ("visit", at.VISIT_BITS),
        ("token", at.TOKEN_BITS),
        ("member", at.MEMBER_BITS),
        ("batch", at.BATCH_BITS),
    )[int(words[at.STOP_AT])]
    return (
        f"{what} number {int(words[at.STOP_MORE])} does not fit a row of the event log: admissible is up to "
        f"{(1 << n_bits) - 1} (2^{n_bits} − 1). Run without the log, or shorten the horizon."
    )


def explain_standstill(words: Int64Array, tables: Tables, plan: Plan) -> str:
    """What open cases wait for when nothing can happen any more."""
    now = max(int(words[at.NOW]), int(words[at.LAST_CALLED_OFF]))
    lines = [f"nothing can happen any more at {now:,} ms, but cases are open:"]
    for case in sorted(_open_cases(words), key=lambda case: int(words[case + at.CASE_INDEX]))[:10]:
        source, number = (
            plan.sources[int(words[case + at.CASE_SOURCE])].name,
            int(words[case + at.CASE_NUMBER]),
        )
        lines += [
            f"  {source} {number}: token {words[token + at.TOKEN_NUMBER]} {_standing(words, tables, token)}"
            for token in _chain(words, int(words[case + at.CASE_FIRST]), at.TOKEN_NEXT)
            if words[token + at.TOKEN_STANDING] != at.STANDS_NOWHERE
        ]
    return "\n".join(lines)


def _standing(words: Int64Array, tables: Tables, token: int) -> str:
    if words[token + at.TOKEN_STANDING] != at.STANDS_AT_WORK:
        return "waits for room, an owner or an environment"
    act = int(words[words[token + at.TOKEN_REF] + at.WORK_ACT])
    return f"waits at {tables.texts[int(words[act + at.ACT_PATH])]}"


def _open_cases(words: Int64Array) -> Iterator[int]:
    return _chain(words, int(words[at.OPEN_CASES]), at.CASE_NEXT)


def _chain(words: Int64Array, first: int, link: int) -> Iterator[int]:
    while first:
        yield first
        first = int(words[first + link])
