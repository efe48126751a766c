"""What is recorded of a run, and the words for it: events, account classes, the order at one instant.

Nothing here computes. Engines write these records, metrics and reports read them.
"""

from sim.records.classes import CLASS_WORDS, GROUPS, AccountClass
from sim.records.events import EVENT_COLUMNS, Event
from sim.records.facts import CaseRow, Facts, HoldRow, PassageRow, Span, SpanState, VisitRow, WorkRow

__all__ = [
    "CLASS_WORDS",
    "EVENT_COLUMNS",
    "GROUPS",
    "AccountClass",
    "CaseRow",
    "Event",
    "Facts",
    "HoldRow",
    "PassageRow",
    "Span",
    "SpanState",
    "VisitRow",
    "WorkRow",
]
