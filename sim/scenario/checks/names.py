"""Names: what a thing of a scenario may be called.

Names stand in paths (`use_case/get_ready/fulfil#fast`), sources (`use_case@build`, `other:desk`), tables and
pictures; so the signs that part those from each other are refused, and what cannot be seen.
Not here: whether a name that is used exists (the other checks).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sim.scenario import schema
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.spots import Spot, spots, targets
from sim.scenario.conditions import RESERVED
from sim.scenario.shorthand import is_time
from sim.scenario.tree import Keys

MAX_NAME = 80
SEPARATORS = '/#|@:.,$"`\\{}[]<>'

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP_WORDS = ("next", "done", "rest", "remove")
_LEVEL_WORDS = ("by", "mix", "first", "again", "rest", "remove", *RESERVED)
_TRAIT_WORDS = ("by", "case", "mix", "remove", *RESERVED)


def check_names(desk: Desk) -> None:
    """Every name that the file gives."""
    file = desk.file
    for section in ("assumptions", "traits"):
        for name in getattr(file, section):
            _check_word(desk, name, (section, name), _TRAIT_WORDS if section == "traits" else ())
    for name in file.calendars:
        _check_calendar(desk, name, ("calendars", name))
    for section in ("teams", "environments", "cases", "flows"):
        for name in getattr(file, section):
            _check(desk, name, (section, name), ("remove",))
    for name in file.economics.costs:
        _check(desk, name, ("economics", "costs", name), ("remove",))
    for name, case in file.cases.items():
        for trait in case.traits:
            _check_word(desk, trait, ("cases", name, "traits", trait), _TRAIT_WORDS)
        if case.patience is not None:
            _check_targets(desk, case.patience.then, ("cases", name, "patience", "then"))
    _check_levels(desk)
    for flow in file.flows:
        for spot in spots(file, flow):
            _check_spot(desk, spot)


def _check_calendar(desk: Desk, name: str, path: Keys) -> None:
    if any(sign.isspace() for sign in name):
        desk.say(
            path, f"found {shown(name)}. A calendar is named by one word, as in `until board`.", at_key=True
        )
    else:
        _check(desk, name, path, ("remove", "until"))


def _check_word(desk: Desk, name: str, path: Keys, words: Iterable[str]) -> None:
    """A name that stands in numbers or conditions."""
    if not _IDENTIFIER.fullmatch(name) or len(name) > MAX_NAME:
        found = f"found {shown(name)}. Admissible: letters a to z, digits and _, no digit first, at most "
        desk.say(path, f"{found}{MAX_NAME} characters, such as return_rate.", at_key=True)
    elif name in words:
        desk.say(path, f"`{name}` is a word of the language. Take another name.", at_key=True)


def _check_levels(desk: Desk) -> None:
    for path, raw in _definitions(desk.file):
        if isinstance(raw, dict) and desk.traits.are_levels(raw, path):
            for level in raw:
                at = (*path, level)
                if str(level)[:1].isdigit():
                    words = f"found {shown(str(level))}. A level does not begin with a digit: `v1`."
                    desk.say(at, words, at_key=True)
                else:
                    _check(desk, str(level), at, _LEVEL_WORDS)


def _definitions(file: schema.ScenarioFile) -> Iterator[tuple[Keys, schema.Raw]]:
    yield from ((("traits", name), raw) for name, raw in file.traits.items())
    for case, one in file.cases.items():
        yield from ((("cases", case, "traits", name), raw) for name, raw in one.traits.items())


def _check_spot(desk: Desk, spot: Spot) -> None:
    """The name of a step, alternative or branch, and those that it gives."""
    step, path = spot.step, spot.path
    _check(desk, str(path[-1]), path, _STEP_WORDS)
    if step.milestone is not None:
        _check(desk, step.milestone, (*path, "milestone"), (), at_key=False)
    if step.end is not None:
        _check(desk, step.end.as_, (*path, "end", "as"), (), at_key=False)
    if isinstance(step.then, dict):
        for name in step.then:
            _check(desk, name, (*path, "then", name), (*schema.TARGET_KEYS, "remove"))
    _check_targets(desk, step.then, (*path, "then"))
    if step.patience is not None:
        _check_targets(desk, step.patience.then, (*path, "patience", "then"))


def _check_targets(desk: Desk, then: object, path: Keys) -> None:
    """The names under which a case ends or leaves a flow."""
    paths = [(*path, name) for name in then] if isinstance(then, dict) else [path]
    for target, at in zip(targets(then), paths, strict=False):
        if target.end is not None:
            _check(desk, target.end.as_, (*at, "end"), (), at_key=False)
        if target.leave is not None:
            _check(desk, target.leave, (*at, "leave"), (), at_key=False)


def _check(desk: Desk, name: str, path: Keys, words: Iterable[str], *, at_key: bool = True) -> None:
    """Any name."""
    fault = _fault(name)
    if fault is not None:
        desk.say(path, f"found {shown(name)} as a name: {fault}.", at_key=at_key)
    elif name in words:
        desk.say(path, f"`{name}` is a word of the language. Take another name.", at_key=at_key)


def _fault(name: str) -> str | None:
    """What is wrong with a name, or None."""
    if len(name) > MAX_NAME:
        return f"it has {len(name)} characters, the limit is {MAX_NAME}"
    if not name or name != name.strip():
        return "a name neither is empty nor begins or ends with a space"
    if is_time(name):
        return "it reads as a time; begin with a letter"
    for sign in name:
        if unicodedata.category(sign) in _UNSEEN:
            return f"the character {sign!a} cannot be seen"
        if sign in SEPARATORS:
            return f"the character {sign} has a meaning of its own; use letters, digits, - and _"
    return None


def shown(name: str) -> str:
    """A name as it can be printed."""
    text = name if len(name) <= 40 else name[:37] + "..."
    return repr(text) if text.isprintable() else ascii(text)
