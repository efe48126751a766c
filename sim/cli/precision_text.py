"""How precise a run is, where that was asked for: reached or not, and which figure decided."""

from __future__ import annotations

from sim.cli.layout import count
from sim.experiment.aims import Aim, decisive
from sim.experiment.replicate import Result


def precision_text(result: Result, what: str) -> str:
    """One sentence, two where it was not reached; nothing where no precision was asked for."""
    if result.precision is None or not result.is_complete:
        return ""
    asked, n = f"{result.precision * 100:g} %", len(result.aims)
    if n == 0:
        return f" Precision {asked}: there is no figure that it could be asked of."
    text = f" Precision {asked} of {count(n, what)}{' together' if n > 1 else ''}: "
    text += "reached" if result.is_precise else "NOT reached with the most that are run"
    decided = decisive(result.aims)
    return text if decided is None else f"{text}; {_told(decided)}."


def _told(aim: Aim) -> str:
    name = f"{aim.metric} of {aim.of}" if aim.of else aim.metric
    if aim.share is None:
        return f"{name} decided, and cannot be told from so few"
    return f"{name} decided, at ± {aim.share * 100:.2g} % with {count(aim.n)}"
