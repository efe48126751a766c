"""Explaining: a scenario as it is, without each cause, and with each choice of its patches.

Trial by trial, so that what one of them cannot do, and what an interrupt leaves undone, concerns it alone.
Not here: which causes there are (causes), what is gained (trial), what is told (explanation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.errors import EngineError, PlanError, RunError, ScenarioError
from sim.experiment.explain.causes import Cause, causes_of, wants_patches
from sim.experiment.explain.contributions import Choices, Contributions, choices_of, contributions
from sim.experiment.explain.explanation import Explanation, Untold, Without
from sim.experiment.explain.readings import read
from sim.experiment.explain.trial import Runner, Trial, gains
from sim.experiment.intervals import mean_interval
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Progress
from sim.experiment.run import DEFAULT_REPLICATIONS
from sim.experiment.value_streams import Kind, ValueStream, value_stream_of
from sim.plan.compiler import compile_plan
from sim.scenario.changes import changed
from sim.scenario.nearest import did_you_mean
from sim.scenario.parts import parts_of
from sim.units.dimensions import HOUR_MS

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario

INTERRUPTED = "interrupted"


def explain(
    scenario: Scenario,
    *,
    of: str | None = None,
    only: Sequence[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    progress: Progress | None = None,
) -> Explanation:
    """Run a scenario again without each cause of lead time, and with each choice of its patches.

    Parameters
    ----------
    of
        The case type, or the flow, whose lead time it is about; default: the case type with most cases
        inside.
    only
        Groups of causes, see `GROUPS`; default: all but `steps`.
    replications
        Of every run; all of them on the same luck.
    progress
        Called with how many replications are finished and how many are expected.

    Raises
    ------
    RunError
        There is no case type or flow, or no group, of that name; before any work.
    EngineError
        The scenario itself cannot go on.
    KeyboardInterrupt
        It was interrupted before the scenario itself was run.
    """
    causes = causes_of(scenario, only)
    if of is not None:
        _check_named(of, compile_plan(scenario))
    choices, untold = _choices(scenario, only, seed)
    runner = Runner(replications, seed, engine, jobs)
    told = _Told(progress, replications, 1 + len(causes) + (len(choices.scenarios) if choices else 0))
    base = runner(scenario, told.of(0))
    if not base.result.is_complete:
        raise KeyboardInterrupt
    return _Explaining(base, of, runner, told).done(causes, choices, untold)


def _check_named(of: str, plan: Plan) -> None:
    types = [row.name for row in plan.case_types]
    flows = [row.name for row in plan.flows if "." not in row.name]
    if of not in (*types, *flows):
        near = did_you_mean(of, (*types, *flows))
        raise RunError(
            f"of {of!r}: neither a case type nor a flow is called so. {near} "
            f"Case types: {', '.join(types)}; flows: {', '.join(flows)}."
        )


def _choices(scenario: Scenario, only: Sequence[str], seed: int) -> tuple[Choices | None, list[Untold]]:
    """What is to be run for the parts of a scenario; None of one that has none."""
    parts = parts_of(scenario)
    if not wants_patches(only):
        return None, []
    if parts is None:
        if only:
            raise RunError(
                "only 'patches': this scenario is not made of patches. Name a file that extends a base and "
                "patches, or a base and patches: sim explain BASE PATCH..."
            )
        return None, []
    try:
        return choices_of(parts, seed), []
    except ScenarioError as error:
        return None, [Untold("the patches apart", _first_line(error))]


@dataclass(frozen=True)
class _Told:
    """Progress over many trials of as many replications each."""

    progress: Progress | None
    replications: int
    trials: int

    def of(self, trial: int) -> Progress:
        """What is told while the trial with that place is run."""

        def told(finished: int, expected: int) -> None:
            if self.progress is not None:
                self.progress(trial * self.replications + finished, self.trials * self.replications)

        return told

    def passed(self, trial: int) -> None:
        """A trial is over that was not run."""
        self.of(trial)(self.replications, self.replications)


@dataclass(frozen=True)
class _Explaining:
    """The scenario as it is, and what is asked about it."""

    base: Trial
    asked: str | None
    runner: Runner
    told: _Told

    def done(self, causes: Sequence[Cause], choices: Choices | None, untold: list[Untold]) -> Explanation:
        """Everything run that was asked for, as far as it goes."""
        tried: list[Without | Untold] = []
        parts: Contributions | None = None
        is_whole = False
        with suppress(KeyboardInterrupt):
            stream = value_stream_of(self.base.result, self.of) if causes else None
            for each in self._without(causes, stream):
                tried.append(each)
            is_whole = len(tried) == len(causes)
            if choices is not None and is_whole:
                parts, why_not = self._contributions(choices, 1 + len(causes))
                untold += why_not
                is_whole = parts is not None or bool(why_not)
        found = [each for each in tried if isinstance(each, Without)]
        untold = [*(each for each in tried if isinstance(each, Untold)), *untold]
        found.sort(key=lambda each: -(each.interval("lead_time").mean or 0.0))
        return self._explanation(found, untold, parts, "" if is_whole else INTERRUPTED)

    @property
    def of(self) -> str:
        """The case type or flow it is about."""
        found = self.asked or main_case_type(self.base.result)
        assert found is not None, "a sound scenario has a case type"
        return found

    @property
    def kind(self) -> Kind:
        """Whether that is a case type; one whose name a flow has too is meant first."""
        return "case" if self.of in [row.name for row in self.base.result.plan.case_types] else "flow"

    def _without(self, causes: Sequence[Cause], stream: ValueStream | None) -> Iterator[Without | Untold]:
        for i, cause in enumerate(causes, start=1):
            try:
                trial = self._tried(cause, i)
            except (ScenarioError, PlanError, EngineError) as error:
                self.told.passed(i)
                yield Untold(cause.name, _first_line(error))
                continue
            if not trial.result.is_complete:
                return
            told = None if stream is None else read(stream, cause.readings, self.base.result.plan)
            yield Without(cause, gains(self.base, trial, self.of, self.kind), told)

    def _tried(self, cause: Cause, place: int) -> Trial:
        if cause.why_not:
            raise PlanError(cause.why_not)
        scenario = changed(self.base.scenario, cause.changes)
        return self.runner(replace(scenario, name=cause.name), self.told.of(place), self.base)

    def _contributions(self, choices: Choices, first: int) -> tuple[Contributions | None, list[Untold]]:
        try:
            found = contributions(choices, self.runner, self.of, self.kind, lambda i: self.told.of(first + i))
        except (PlanError, EngineError) as error:
            return None, [Untold("the patches apart", _first_line(error))]
        return found, []

    def _explanation(
        self,
        found: Sequence[Without],
        untold: Sequence[Untold],
        parts: Contributions | None,
        incomplete: str,
    ) -> Explanation:
        result, scenario = self.base.result, self.base.scenario
        return Explanation(
            name=scenario.name,
            seed=self.runner.seed,
            engine=self.runner.engine,
            currency=scenario.file.currency or "",
            of=self.of,
            kind=self.kind,
            replications=len(result.runs),
            day_h=scenario.working_time.day_ms / HOUR_MS,
            years=self.base.economics.years,
            lead_time=mean_interval(list(self.base.lead_time(self.of, self.kind).values())),
            throughput=mean_interval(list(self.base.throughput(self.of, self.kind).values())),
            in_production=mean_interval(list(self.base.in_production(self.of, self.kind).values())),
            causes=tuple(found),
            untold=tuple(untold),
            contributions=parts,
            is_stable=not result.growing,
            incomplete=incomplete,
        )


def _first_line(error: Exception) -> str:
    """Why, in one line: of several problems the first, without its place in a file nobody wrote."""
    if isinstance(error, ScenarioError):
        problem = error.problems[0]
        return f"{problem.key}: {' '.join(problem.message.split())}"
    return " ".join(str(error).split())
