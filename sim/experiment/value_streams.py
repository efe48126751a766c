"""The time of a flow by step, over the replications of a result.

What it takes is not kept in a run: the replications are run again, which gives the same on the same luck and
takes about as long as the run did, without the event log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.experiment.replicate import Result
from sim.metrics.value_stream import StreamTally, value_stream
from sim.records import Facts

Kind = Literal["case", "flow"]


@dataclass(frozen=True, slots=True)
class ValueStream:
    """A case type or a flow of one scenario, with the tally of each replication by its number."""

    result: Result
    of: str
    kind: Kind
    tallies: dict[int, StreamTally]

    @property
    def counted(self) -> dict[int, StreamTally]:
        """The replications in which any case or passage was finished."""
        return {number: tally for number, tally in self.tallies.items() if tally.counted}


def value_stream_of(result: Result, of: str, known: Mapping[int, Facts] | None = None) -> ValueStream:
    """The value stream of a case type, or else of the flow of that name.

    Parameters
    ----------
    known
        Replications that were run again already, by number; the others are run here.

    Raises
    ------
    ValueError
        Neither a case type nor a flow has that name.
    """
    kind = _kind(result, of)
    tallies = {}
    for run in result.runs:
        facts = (known or {}).get(run.number) or result.replay(run.number, keep_log=False)
        tallies[run.number] = value_stream(facts, result.plan, of, kind=kind)
    return ValueStream(result, of, kind, tallies)


def _kind(result: Result, of: str) -> Kind:
    types = [row.name for row in result.plan.case_types]
    if of in types:
        return "case"
    flows = [row.name for row in result.plan.flows]
    if of in flows:
        return "flow"
    raise ValueError(
        f"{result.name} has neither a case type nor a flow called {of!r}; "
        f"case types: {', '.join(types)}; flows: {', '.join(name for name in flows if '.' not in name)}"
    )
