"""Traits: which a case type has and of what kind, and whether numbers and conditions ask about them rightly.

A trait of kind `share` is true or false, one of kind `levels` is one of its levels, one of kind `number` has
a value. The same name may be of another kind in another case type, so every question is checked for each
case type that may ask it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from sim.scenario import schema
from sim.scenario.checks.amounts import LOWEST, bounded, check_share, check_sum, read
from sim.scenario.checks.desk import Askers, Desk
from sim.scenario.checks.over_time import is_drawn, parts
from sim.scenario.checks.spots import circles
from sim.scenario.conditions import (
    And,
    AtLeast,
    Below,
    Condition,
    ConditionSyntaxError,
    Holds,
    Is,
    Not,
    Or,
    parse_condition,
)
from sim.scenario.numbers import ByTrait
from sim.scenario.shorthand import is_value_map
from sim.scenario.tree import Keys
from sim.units.dimensions import Dimension

Kind = Literal["share", "levels", "number"]

_TRUE, _FALSE = ("true", "yes"), ("false", "no")
_HOW = {"share": "`{0}`", "levels": "`{0} is {1}`", "number": "`{0} at least 3` or `{0} below 3`"}


class Traits:
    """The traits of every case type, those of the file and its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        file = desk.file
        self._of: dict[str, dict[str, tuple[Keys, schema.Raw]]] = {}
        for name, case in file.cases.items():
            shared = {trait: (("traits", trait), raw) for trait, raw in file.traits.items()}
            own = {trait: (("cases", name, "traits", trait), raw) for trait, raw in case.traits.items()}
            self._of[name] = {**shared, **own}
        self._kinds: dict[Keys, Kind] = {}

    # --- what there is

    def of(self, case_type: str) -> Mapping[str, tuple[Keys, schema.Raw]]:
        """Path and definition of every trait of a case type."""
        return self._of[case_type]

    def names(self, askers: Askers) -> set[str]:
        """The traits of these case types, of all if it is not known which."""
        names = {name for case in (self._of if askers is None else askers) for name in self._of[case]}
        return names | (set(self.desk.file.traits) if askers is None else set())

    def are_levels(self, raw: object, path: Keys) -> bool:
        """Whether a definition is written as levels with shares."""
        node = self.desk.node(path)
        return isinstance(raw, dict) and (node is None or not is_value_map(node))

    def kind(self, case_type: str, name: str) -> Kind:
        path, raw = self._of[case_type][name]
        if path not in self._kinds:
            self._kinds[path] = self._kind(raw, path)
        return self._kinds[path]

    def _kind(self, raw: schema.Raw, path: Keys) -> Kind:
        if self.are_levels(raw, path):
            return "levels"
        number = self.desk.quiet(raw)
        is_share = number is None or (number.dimension is Dimension.SHARE and not is_drawn(number))
        return "share" if is_share else "number"

    def levels(self, case_type: str, name: str) -> list[str]:
        _, raw = self._of[case_type][name]
        return [str(level) for level in raw] if isinstance(raw, dict) else []

    # --- who asks

    def check_by(self, number: ByTrait, path: Keys, askers: Askers) -> None:
        """`by: trait` names a trait of every case that may ask, with a number for each of its values."""
        if askers is not None and not askers:
            words = f"`by: {number.trait}` has no meaning here: no case is at hand whose trait it could be."
            self.desk.say(path, words)
        elif number.trait == "case":
            self._check_by_case(number, path, askers)
        else:
            for case in self._asking(number.trait, path, askers, (*path, "by")):
                if self._check_levels(number, path, case):
                    return

    def _check_by_case(self, number: ByTrait, path: Keys, askers: Askers) -> None:
        desk = self.desk
        for level in number.levels:
            desk.known("case", level, desk.file.cases, (*path, level))
        missing = [name for name in sorted(askers or ()) if name not in number.levels]
        if missing:
            desk.say(path, f"a number is missing for {', '.join(missing)}: cases of this type come here.")

    def _check_levels(self, number: ByTrait, path: Keys, case: str) -> bool:
        """Whether something was wrong with the values of one case type's trait."""
        desk, trait = self.desk, number.trait
        n_before, kind = len(desk.problems), self.kind(case, trait)
        if kind == "number":
            words = f"`by: {trait}` asks for levels or a share, and '{trait}' is a number{self._for(case)}."
            desk.say((*path, "by"), words)
            return True
        levels = self.levels(case, trait) if kind == "levels" else ["true", "false"]
        written = number.levels
        if kind == "share":
            given = {str(level).lower() for level in written}
            has = {"true": bool(given & set(_TRUE)), "false": bool(given & set(_FALSE))}
            admissible = [*_TRUE, *_FALSE]
        else:
            has = {level: level in written for level in levels}
            admissible = levels
        for level in written:
            word = level.lower() if kind == "share" else level
            if word not in admissible and not self._elsewhere(trait, level, case):
                desk.known("level", level, admissible, (*path, level), f" of trait '{trait}'")
        missing = [level for level in sorted(levels) if not has[level]]
        if missing:
            words = f"a number is missing for {', '.join(missing)} of trait '{trait}'{self._for(case)}."
            desk.say(path, words)
        return len(desk.problems) > n_before

    def _elsewhere(self, trait: str, level: str, case: str) -> bool:
        """Whether the trait has this level in another case type."""
        others = (other for other in self._of if other != case and trait in self._of[other])
        return any(level in self.levels(other, trait) for other in others)

    def _for(self, case: str) -> str:
        return f" for the case type '{case}'" if len(self._of) > 1 else ""

    def _asking(self, trait: str, path: Keys, askers: Askers, at: Keys) -> Iterator[str]:
        """The case types that ask and have the trait; a problem for the first that has it not."""
        if not self.desk.known("trait", trait, self.names(askers), at):
            return
        for case in sorted(self._of if askers is None else askers):
            if trait in self._of[case]:
                yield case
            elif askers is not None:
                words = f"cases of the type '{case}' come here and have no trait '{trait}'."
                known = ", ".join(sorted(self._of[case])) or "none"
                self.desk.say(at, f"{words} Traits of '{case}': {known}.")
                return

    def check_condition(self, text: str | None, path: Keys, askers: Askers) -> None:
        """A condition asks about traits of every case that comes here, each as its kind wants it."""
        if text is None:
            return
        try:
            condition = parse_condition(text)
        except ConditionSyntaxError as error:
            self.desk.say(path, str(error))
            return
        for test in _tests(condition):
            for case in self._asking(test.trait, path, askers, path):
                if self._check_test(test, case, path):
                    break

    def _check_test(self, test: Holds | Is | AtLeast | Below, case: str, path: Keys) -> bool:
        """Whether something was wrong with one test for one case type."""
        wanted = "share" if isinstance(test, Holds) else "levels" if isinstance(test, Is) else "number"
        kind, levels = self.kind(case, test.trait), self.levels(case, test.trait)
        if kind != wanted:
            example = _HOW[kind].format(test.trait, min(levels, default="x"))
            what = {"levels": "has levels; ask for one of them", "share": "is true or false; ask"}
            asked = what.get(kind, "is a number; ask")
            self.desk.say(path, f"trait '{test.trait}' {asked}: {example}{self._for(case)}.")
            return True
        if isinstance(test, Is):
            extra = f" of trait '{test.trait}'{self._for(case)}"
            return not self.desk.known("level", test.level, levels, path, extra)
        return False


# --- the definitions


def check_traits(desk: Desk) -> None:
    """Every definition of a trait, of the file and of case types."""
    for name, raw in desk.file.traits.items():
        own = frozenset(case for case, one in desk.file.cases.items() if name not in one.traits)
        # a trait that each case type has in its own way is never read
        _check_trait(desk, raw, ("traits", name), own or None)
    for case, one in desk.file.cases.items():
        for name, raw in one.traits.items():
            _check_trait(desk, raw, ("cases", case, "traits", name), frozenset({case}))
    _check_circles(desk)


def _check_trait(desk: Desk, raw: schema.Raw, path: Keys, askers: Askers) -> None:
    if isinstance(raw, dict) and desk.traits.are_levels(raw, path):
        _check_shares(desk, raw, path, askers)
        return
    number = read(desk, raw, path)
    if number is None:
        return
    if number.dimension in (Dimension.RATE, Dimension.MONEY_RATE):
        words = f"found {desk.words(number)} ({number.dimension.value})."
        desk.say(path, f"{words} Admissible: a share, levels, a plain number, a time or money.")
        return
    is_share = number.dimension is Dimension.SHARE
    low, high = (0.0, 1.0) if is_share else (LOWEST, None)
    bounded(desk, number, path, number.dimension, low=low, high=high, draws=True, askers=askers)


def _check_shares(desk: Desk, raw: Mapping[str, object], path: Keys, askers: Askers) -> None:
    rest = [level for level, p in raw.items() if p == "rest"]
    given = {level: p for level, p in raw.items() if p != "rest"}
    shares = [check_share(desk, p, (*path, level), askers=askers) for level, p in given.items()]
    if len(rest) != 1:
        words = f"found {len(rest)} levels that are the rest. Exactly one is, such as `standard: rest`."
        desk.say(path, words)
    check_sum(desk, shares, path)


def _check_circles(desk: Desk) -> None:
    said: set[frozenset[str]] = set()
    for case in desk.file.cases:
        asks = {name: _asked(desk, raw) for name, (_, raw) in desk.traits.of(case).items()}
        for circle in circles(list(asks), lambda name, asks=asks: [n for n in asks[name] if n in asks]):  # type: ignore[misc]
            if frozenset(circle) not in said:
                said.add(frozenset(circle))
                chain = " → ".join((*circle, circle[0]))
                path, _ = desk.traits.of(case)[circle[0]]
                desk.say(path, f"traits ask about each other in a circle: {chain}.")


def _asked(desk: Desk, raw: object) -> list[str]:
    """The traits that a definition asks about by `by`."""
    numbers = [desk.quiet(raw), *(map(desk.quiet, raw.values()) if isinstance(raw, dict) else ())]
    found = (part for number in numbers if number is not None for part in parts(number))
    return sorted({part.trait for part in found if isinstance(part, ByTrait)})


def _tests(condition: Condition) -> Iterator[Holds | Is | AtLeast | Below]:
    match condition:
        case Holds() | Is() | AtLeast() | Below():
            yield condition
        case Not(condition=inner):
            yield from _tests(inner)
        case And(conditions=conditions) | Or(conditions=conditions):
            for part in conditions:
                yield from _tests(part)
