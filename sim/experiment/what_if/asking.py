"""`WhatIf`: from a setting to answers that grow surer, beside today's scenario on the same luck.

Luck goes by the replication's number, so more replications only add to those before, and what is answered is
what `sim compare` says of the same file with as many replications.
Not here: what a setting means (turned), who runs (pool), what an answer says (figures).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path

from sim.errors import RunError, SimError
from sim.experiment import compare as pairing
from sim.experiment.compare import Comparison
from sim.experiment.levers import Lever
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Result
from sim.experiment.run import appraisals, check_shared
from sim.experiment.what_if import settings as state
from sim.experiment.what_if.answer import Answer, Point
from sim.experiment.what_if.checking import known_patches, known_values, parts
from sim.experiment.what_if.choices import Patch, is_patch, read_choices
from sim.experiment.what_if.figures import Pairs
from sim.experiment.what_if.pool import Pool
from sim.experiment.what_if.settings import Settings, shortened
from sim.experiment.what_if.turned import Turner
from sim.experiment.what_if.variant import Variant
from sim.scenario.load import Scenario
from sim.units.dimensions import HOUR_MS

LADDER = (2, 4, 8, 12, 25, 50, 100, 200)
"""After how many replications there may be an answer."""

_FIRST_S, _SPACING_S = 0.2, 0.3
"""How long after the question, and after the answer before, at the soonest; the last comes when it can."""
_LOOK_S = 0.02
_log = logging.getLogger(__name__)
_KEPT = 12  # settings whose replications are kept: 200 of them are about 7 MB


class WhatIf:
    """Today's scenario, and what may be changed about it.

    Parameters
    ----------
    file
        Today's scenario.
    patches
        Patches that may be put on it, and scenarios that may take its place.
    seed
        Luck is a function of it.
    jobs
        Threads for all who ask; -1 is one per core. Answers do not depend on it.

    Raises
    ------
    ScenarioError
        A file cannot be read, or a patch not be put on today's scenario.
    RunError
        `file` is a patch, or given twice.
    """

    def __init__(self, file: Path, patches: Sequence[Path] = (), seed: int = 1, jobs: int = -1) -> None:
        if is_patch(file):
            raise RunError(
                f"{file} is a patch. The first file is today's scenario, patches follow it: "
                f"SCENARIO.yaml {file}."
            )
        self.file, self.seed = file, seed
        self.patches: tuple[Patch, ...] = read_choices(file, patches)
        self._turner = Turner(file, self.patches)
        self._pool = Pool(jobs)
        self._today = Variant(self._turner.today, seed)
        self._running: dict[int, Future[None]] = {}
        self._kept: OrderedDict[Settings, Variant] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = threading.Event()

    # -- what can be turned

    @property
    def name(self) -> str:
        """Of today's scenario."""
        return self._turner.today.name

    @property
    def summary(self) -> str:
        """Of today's scenario, in its own words."""
        return self._turner.today.file.summary or ""

    @property
    def saved_name(self) -> str:
        """What the file of a setting may be called, to be put beside today's."""
        return f"{self.file.stem}_changed.yaml"

    @property
    def levers(self) -> list[Lever]:
        """What can be turned in today's scenario."""
        return list(self._turner.levers(()).values())

    def levers_of(self, settings: Settings) -> list[Lever]:
        """What can be turned with the patches of a setting on; raises SimError where they cannot be."""
        return list(self._turner.levers(settings.patches).values())

    def checked(self, told: object) -> Settings:
        """The setting that a page tells: {"values": {lever: value}, "patches": [name]}.

        Levers that stand where they do without being turned are left out; the rest is put in the order of the
        scenario, so that the same setting is equal however it was told.

        Raises
        ------
        RunError
            It is of another form, there is no such lever or patch, or a value is out of bounds.
        ScenarioError
            Its patches cannot be put together.
        """
        values, names = parts(told)
        patches = known_patches(names, [patch.name for patch in self.patches])
        return Settings(known_values(values, self._turner.levers(patches)), patches)

    def encode(self, settings: Settings) -> str:
        """A setting as a part of an address; empty for today."""
        return state.encode(settings)

    def decode(self, text: str) -> Settings:
        """The setting of an address; raises as `checked`."""
        return self.checked(state.decode(text))

    # -- what it is

    def scenario(self, settings: Settings) -> Scenario:
        """The scenario of a setting; raises SimError where it would not be sound."""
        return self._turner.scenario(settings)

    def saved(self, settings: Settings, name: str = "") -> str:
        """A scenario file that extends today's and says only the differences, to be put beside it.

        `sim compare` of the two gives the numbers that are answered here.
        """
        return self._turner.saved(settings, shortened(name, 100).strip() or self._turner.title(settings))

    # -- what it comes to

    def today(self, replications: int) -> Result:
        """Today's scenario, of which replications are run once for all who ask; raises SimError."""
        self._wait_for_all(self._of_today(replications), threading.Event())
        return self._today.result(replications)

    def warm_up(self) -> None:
        """Begin with today's replications, so that the first who asks need not wait for them."""
        self._of_today(LADDER[-1])

    def answers(self, settings: Settings, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Answer]:
        """What a setting comes to, with more and more replications.

        Parameters
        ----------
        cancelled
            Asked again and again: once it is true, all that runs for this question is ended, and nothing is
            answered any more. Closing the iterator does the same.
        """
        began = time.monotonic()
        halt = threading.Event()
        try:
            here = self._variant(settings)
            due = began + _FIRST_S
            for rung in LADDER:
                futures = [*self._of_today(rung), *self._of(here, rung, halt)]
                if not self._wait(futures, halt, cancelled):
                    return
                is_last = rung == LADDER[-1]
                if is_last or time.monotonic() >= due:
                    answer = self._answer(settings, here, rung)
                    told = time.monotonic()
                    due = told + _SPACING_S
                    yield replace(answer, is_last=is_last, took_s=told - began)
        except SimError as error:
            yield Answer.refused(str(error), settings)
        except Exception as error:  # a defect of ours: told where it is looked for, and the page goes on
            _log.exception("the setting %s", self.encode(settings))
            words = (
                f"This setting could not be run, by a defect of the program: {type(error).__name__}: {error}"
            )
            yield Answer.refused(words, settings)
        finally:
            halt.set()

    def comparison(self, settings: Settings, replications: int) -> Comparison:
        """Today and a setting, with just so many replications; raises SimError."""
        here = self._variant(settings)
        halt = threading.Event()
        try:
            self._wait_for_all([*self._of_today(replications), *self._of(here, replications, halt)], halt)
        finally:
            halt.set()
        return self._comparison(here, replications)

    def close(self) -> None:
        """End all work, whoever waits for it; nothing is answered afterwards."""
        self._closed.set()
        self._pool.close()

    # -- running

    def _variant(self, settings: Settings) -> Variant:
        """The variant of a setting, kept for the next time it is asked for."""
        if settings.is_today:
            return self._today
        with self._lock:
            if settings in self._kept:
                self._kept.move_to_end(settings)
                return self._kept[settings]
        scenario = self.scenario(settings)
        variant = Variant(scenario, self.seed)
        both = [self._today, variant]
        check_shared(
            [each.scenario for each in both], [each.economics for each in both], [each.plan for each in both]
        )
        with self._lock:
            kept = self._kept.setdefault(settings, variant)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept

    def _of_today(self, replications: int) -> list[Future[None]]:
        """Today's replications that are not finished, each run once whoever asks."""
        with self._lock:
            missing = self._today.missing(replications)
            for number in missing:
                if number not in self._running:
                    self._running[number] = self._submitted(self._today, number, self._closed)
            return [self._running[number] for number in missing]

    def _of(self, variant: Variant, replications: int, halt: threading.Event) -> list[Future[None]]:
        if variant is self._today:
            return []
        return [self._submitted(variant, number, halt) for number in variant.missing(replications)]

    def _submitted(self, variant: Variant, number: int, halt: threading.Event) -> Future[None]:
        return self._pool.submit(number, halt, lambda: variant.run(number))

    def _wait(
        self, futures: list[Future[None]], halt: threading.Event, cancelled: Callable[[], bool]
    ) -> bool:
        """Whether all is done; False if nobody wants it any more. Raises what the first of them raised.

        One after the other, because to watch hundreds at once takes longer than some of them.
        """
        for future in futures:
            while True:
                if self._closed.is_set() or cancelled():
                    halt.set()
                    return False
                try:
                    future.result(timeout=_LOOK_S)
                    break
                except TimeoutError:
                    continue
                except CancelledError:
                    return False
        return True

    def _wait_for_all(self, futures: list[Future[None]], halt: threading.Event) -> None:
        if not self._wait(futures, halt, lambda: False):
            raise RunError("the run was called off, because the program ends")

    # -- answering

    def _answer(self, settings: Settings, here: Variant, replications: int) -> Answer:
        comparison = self._comparison(here, replications)
        today, other = comparison.baseline, comparison.others[0]
        case_type = main_case_type(today)
        day_h = self._turner.today.working_time.day_ms / HOUR_MS
        pairs = Pairs(comparison, case_type, day_h, (self._today.economics, here.economics))
        answer = Answer(
            settings,
            replications,
            comparison,
            case_type,
            figures=(*pairs.of_flow(), *pairs.of_money()),
            groups=tuple(pairs.of_groups()),
            teams=tuple(pairs.of_teams()),
            currency=comparison.currency,
        )
        cost, lead_time = answer.figure("cost"), answer.figure("lead_time")
        if cost is None or lead_time is None:
            return answer
        return replace(
            answer,
            today=Point.of(Settings(), self.name, cost.today, lead_time.today, replications),
            point=Point.of(settings, other.name, cost.here, lead_time.here, replications),
        )

    def _comparison(self, here: Variant, replications: int) -> Comparison:
        results = [self._today.result(replications), here.result(replications)]
        return replace(
            pairing.compare(results[0], results[1:]),
            appraisals=appraisals(results, [self._today.economics, here.economics]),
            currency=results[0].currency,
        )
