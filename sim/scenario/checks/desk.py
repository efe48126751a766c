"""What every check works with: the scenario, the problems found so far, and the names that exist.

A `Desk` is passed to every check of this package; a check says what is wrong and goes on, so that all
problems of a file come at once. Not here: any check of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from sim.errors import Problem
from sim.scenario import schema
from sim.scenario.checks.spots import reached, spots
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Number, NumberSyntaxError, describe
from sim.scenario.reader import MAX_PROBLEMS
from sim.scenario.tree import Keys, Node

if TYPE_CHECKING:
    from sim.scenario.checks.traits import Traits
    from sim.scenario.load import Scenario

Askers = frozenset[str] | None
"""The case types whose traits a number or a condition may ask about; None: not known, any that has it."""

NOBODY: frozenset[str] = frozenset()
_PLURALS = {"flow": "Flows", "case": "Cases"}
_SHOWN = 30


class TooManyProblems(Exception):
    """The check ends here; what was found so far is told."""


class Desk:
    """The scenario under examination, and everything found wrong with it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.problems: list[Problem] = []

    @property
    def file(self) -> schema.ScenarioFile:
        return self.scenario.file

    def say(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        """Note a problem at the place of a path.

        Raises
        ------
        TooManyProblems
            There are enough of them for one look.
        """
        self.problems.append(self.scenario.problem(path, message.strip(), at_key=at_key))
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblems

    def known(self, kind: str, word: str, names: Iterable[str], path: Keys, extra: str = "") -> bool:
        """Whether a name exists; if not, a problem that lists those that do."""
        if word in (names := set(names)):
            return True
        names = sorted(names)
        have = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        plural = _PLURALS.get(kind, f"{kind.capitalize()}s")
        words = f"no {kind} is called '{word}'{extra}. {plural} here: {have or 'none'}."
        self.say(path, f"{words}\n{did_you_mean(word, names)}")
        return False

    def calendar(self, name: str | None, path: Keys) -> None:
        """Check that a calendar exists."""
        if name is not None:
            self.known("calendar", name, [*self.file.calendars, "always"], path)

    def node(self, path: Keys) -> Node | None:
        """What stands at a path of the file as written."""
        node: Node | None = self.scenario.tree
        for key in path:
            node = node.value.get(str(key)) if node is not None and isinstance(node.value, dict) else None
        return node

    def words(self, number: Number) -> str:
        """A number as it is said to the writer of this file."""
        return describe(number, self.scenario.working_time)

    def quiet(self, plain: object) -> Number | None:
        """A number without a word about what is wrong with it: that is said elsewhere."""
        try:
            return self.scenario.number(plain)
        except NumberSyntaxError:
            return None

    @cached_property
    def traits(self) -> Traits:
        from sim.scenario.checks.traits import Traits

        return Traits(self)

    @cached_property
    def case_types(self) -> frozenset[str]:
        return frozenset(self.file.cases)

    @cached_property
    def _askers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {name: set() for name in self.file.flows}
        for name, case in self.file.cases.items():
            for flow in reached(self.file, case.flow):
                found[flow].add(name)
        return found

    def askers(self, flow: str) -> Askers:
        """The case types that run a flow; None if none does."""
        return frozenset(self._askers[flow]) or None

    def milestones(self, flow: str) -> set[str]:
        """The milestones that a case of this flow may pass."""
        found = (spot for name in reached(self.file, flow) for spot in spots(self.file, name))
        return {spot.step.milestone for spot in found if spot.step.milestone}
