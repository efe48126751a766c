"""What a reader chooses of a run folder: one of its scenarios, one of its replications.

Not here: what is shown of it (animation), what is written of it (process_mining).
"""

from __future__ import annotations

from sim.errors import RunError
from sim.experiment.replicate import Result
from sim.report.stored import StoredRun
from sim.report.words import clean, listed
from sim.scenario.load import Scenario


def chosen_scenario(stored: StoredRun, name: str | None) -> tuple[Scenario, Result]:
    """The scenario of that name; without one the baseline, or the only one.

    Raises
    ------
    RunError
        The run has no such scenario; the message names those it has.
    """
    names = [result.name for result in stored.results]
    if name is not None and name not in names:
        raise RunError(f"no scenario of this run is called {name!r}. There are: {told(names)}.")
    index = 0 if name is None else names.index(name)
    return stored.scenarios[index], stored.results[index]


def chosen_replication(result: Result, number: int | None) -> int:
    """The replication of that number; without one the first.

    Raises
    ------
    RunError
        There is no such replication, or none at all.
    """
    numbers = [run.number for run in result.runs]
    if not numbers:
        raise RunError(f"no replication of {clean(result.name)} was finished, so there is nothing to replay.")
    if number is None:
        return numbers[0]
    if number not in numbers:
        raise RunError(
            f"{clean(result.name)} has no replication {number}; it has {numbers[0]} to {numbers[-1]}."
        )
    return number


def told(names: list[str]) -> str:
    """Names as a list in a sentence of an error."""
    return listed([repr(name) for name in names]) if names else "none"
