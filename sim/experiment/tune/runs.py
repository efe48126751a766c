"""Runs of settings: every replication once, on threads, with the figures that a search asks for.

Settings share the luck of a replication. What was finished is kept in memory and in the ledger; the rest is
forgotten, so that thousands of replications take little room.
Not here: which are wanted (selection), what they are worth (worth).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sim.economics.flows import YearlyFlows
from sim.engines.common import HaltedError
from sim.errors import EngineError
from sim.experiment import workers
from sim.experiment.compare import Key
from sim.experiment.replicate import Options, Progress, run_one
from sim.experiment.tune.ledger import Ledger, Told
from sim.experiment.tune.space import Setting, Space
from sim.plan.arrays import Plan

CHUNK = 4
"""Replications that one thread runs after another, on tables that are built once."""


@dataclass(slots=True)
class Found:
    """What is known of a setting: figures and money of replications 0, 1, 2 ..., or why it cannot run."""

    by_number: dict[int, Told] = field(default_factory=dict)
    unable: str = ""

    @property
    def n(self) -> int:
        """How many replications there are without a gap, from 0 on."""
        n = 0
        while n in self.by_number:
            n += 1
        return n

    def figures(self, n: int) -> list[tuple[float | None, ...]]:
        """Of the first n replications."""
        return [self.by_number[r].figures for r in range(n)]

    def flows(self, n: int) -> list[YearlyFlows]:
        """The money of the first n replications; empty without economics."""
        found = (self.by_number[r].flows for r in range(n))
        return [each for each in found if each is not None]


class Runs:
    """Runs settings of a space, and remembers.

    Parameters
    ----------
    figures
        What is kept of each replication.
    years
        Years of money that are accounted for; 0: none.
    budget
        Replications in all; those that the ledger tells count as well, so that a search that is gone on with
        ends as it would have ended.
    """

    def __init__(
        self,
        space: Space,
        figures: Sequence[Key],
        *,
        years: int,
        budget: int,
        seed: int = 1,
        engine: str = "auto",
        jobs: int = -1,
        ledger: Ledger | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.space, self.keys, self.years, self.budget = space, tuple(figures), years, budget
        self.found: dict[Setting, Found] = {}
        self.expected = 0
        self.spent = 0
        self._options = Options(seed, engine, keep_log=False, keep_cases=False)
        self._jobs, self._ledger, self._progress = jobs, ledger, progress
        self._before: dict[tuple[Setting, int], Told] = {}
        if ledger is not None:
            self._before = {(told.setting, told.number): told for told in ledger.before()}

    @property
    def left(self) -> int:
        """Replications that may still be run."""
        return max(0, self.budget - self.spent)

    def get(self, wanted: Mapping[Setting, int]) -> dict[Setting, Found]:
        """What is known of these settings, with at least so many replications of each that can be run."""
        missing = {}
        for setting, n in wanted.items():
            known = self.found.setdefault(setting, Found())
            numbers = [r for r in range(n) if r not in known.by_number]
            numbers = [r for r in numbers if not self._told_before(setting, r)]
            if numbers and not known.unable:
                missing[setting] = numbers
        self._run(missing)
        return {setting: self.found[setting] for setting in wanted}

    def _told_before(self, setting: Setting, number: int) -> bool:
        told = self._before.pop((setting, number), None)
        if told is not None:
            self._note(told)
        return told is not None

    def _run(self, missing: Mapping[Setting, Sequence[int]]) -> None:
        total = sum(map(len, missing.values()))
        if not total:
            return
        self.expected = max(self.expected, self.spent + total)
        calls = self._calls(missing)
        if self._jobs == 1 or total == 1:
            stream = workers.one_by_one(_told, calls)
        elif workers.in_threads(self._options.engine):
            stream = workers.on_threads(_told, calls, self._jobs)
        else:
            stream = workers.on_processes(_told, calls, self._jobs)
        with closing(stream):
            for batch in stream:
                for told in batch:
                    self._note(told)
                    if self._ledger is not None:
                        self._ledger.write(told)
                    if self._progress is not None:
                        self._progress(self.spent, max(self.spent, self.expected))

    def _calls(
        self, missing: Mapping[Setting, Sequence[int]]
    ) -> Iterator[tuple[Setting, Plan, int, tuple[int, ...], tuple[Key, ...], Options]]:
        # where only a few settings are wanted, they are spread over the threads
        size = CHUNK if len(missing) > 2 * CHUNK else 1
        for setting, numbers in missing.items():
            plan = self.space.plan(setting)
            for i in range(0, len(numbers), size):
                chunk = tuple(numbers[i : i + size])
                yield setting, plan, self.years, chunk, self.keys, self._options

    def _note(self, told: Told) -> None:
        known = self.found.setdefault(told.setting, Found())
        if told.unable:
            known.unable = known.unable or told.unable
        known.by_number[told.number] = told
        self.spent += 1


def _told(
    setting: Setting, plan: Plan, years: int, numbers: Sequence[int], keys: Sequence[Key], options: Options
) -> list[Told]:
    """Some replications of a setting; after one that cannot go on there is no use of others."""
    found: list[Told] = []
    for number in numbers:
        try:
            run = run_one(plan, years, number, options)
        except HaltedError:
            raise
        except EngineError as error:
            return [*found, Told(setting, number, unable=str(error))]
        values = {tuple(each[:4]): each[4] for each in run.measures}
        found.append(Told(setting, number, tuple(values.get(key) for key in keys), run.flows))
    return found
