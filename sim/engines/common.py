"""What both engines do alike and neither can derive: where a run is ended, and the work of everybody else.

Not here: how a run unfolds (the engines), what a scenario says (plan).
"""

from __future__ import annotations

from sim.plan.arrays import ActKind, ActRow, Need, Plan, SourceRow
from sim.records import AccountClass

MAX_ITEMS_AT_ONE_INSTANT = 100_000
MAX_QUEUE = 100_000  # a longer queue is a runaway, and ends the run


def act_of_other_work(plan: Plan, source: SourceRow) -> ActRow:
    """Everybody else's work for a team, as if it stood in a flow."""
    return ActRow(
        ActKind.WORK,
        path=source.name,
        definition=source.name,
        needs=(Need(source.team),),
        work=source.work,
        account_class=AccountClass.NON_ADDING,
        calendar=plan.teams[source.team].calendar,
    )
