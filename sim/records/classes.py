"""The account classes: every business instant of a case falls in exactly one of them.

The numbers are the order of precedence: of several tokens of a case, the smallest class counts.
"""

from __future__ import annotations

from enum import IntEnum


class AccountClass(IntEnum):
    """Where an instant of a case goes, in order of precedence."""

    VALUE_ADDING = 0
    NECESSARY = 1
    NON_ADDING = 2
    REWORK = 3
    INTERRUPTED = 4
    PERSON_BUSY = 5
    PEOPLE_TOGETHER = 6
    PERSON_OFF_SHIFT = 7
    BATCH_OR_DATE = 8
    LIMIT_OR_OWNER = 9
    OUTSIDE = 10


GROUPS: dict[str, tuple[AccountClass, ...]] = {
    "value-adding": (AccountClass.VALUE_ADDING,),
    "necessary": (AccountClass.NECESSARY,),
    "waste": (AccountClass.NON_ADDING, AccountClass.REWORK, AccountClass.INTERRUPTED),
    "waiting for people": (
        AccountClass.PERSON_BUSY,
        AccountClass.PEOPLE_TOGETHER,
        AccountClass.PERSON_OFF_SHIFT,
    ),
    "waiting for dates and limits": (AccountClass.BATCH_OR_DATE, AccountClass.LIMIT_OR_OWNER),
    "waiting outside": (AccountClass.OUTSIDE,),
}

CLASS_WORDS: dict[AccountClass, str] = {
    AccountClass.VALUE_ADDING: "value-adding work",
    AccountClass.NECESSARY: "necessary work",
    AccountClass.NON_ADDING: "work that adds nothing",
    AccountClass.REWORK: "rework",
    AccountClass.INTERRUPTED: "work at rest",
    AccountClass.PERSON_BUSY: "person busy",
    AccountClass.PEOPLE_TOGETHER: "people free together",
    AccountClass.PERSON_OFF_SHIFT: "person off shift",
    AccountClass.BATCH_OR_DATE: "batch or date",
    AccountClass.LIMIT_OR_OWNER: "limit or owner",
    AccountClass.OUTSIDE: "waiting outside",
}
"""What each class is called before readers."""
