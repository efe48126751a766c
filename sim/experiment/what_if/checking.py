"""What a page or an address tells is somebody else's: it is a setting that can be, or refused with words.

Not here: how an address is written (settings), what a setting means (turned).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sim.errors import RunError
from sim.experiment.levers import Lever
from sim.experiment.what_if.settings import MAX_ENTRIES, Settings, plain, shortened
from sim.scenario.nearest import did_you_mean


def known_patches(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Names of patches in the order of those known; raises RunError for one that is not."""
    for name in names:
        if name not in known:
            raise RunError(
                f"patch '{shortened(name)}': there is none of this name. {did_you_mean(name[:200], known)} "
                f"Patches: {', '.join(known) or 'none'}."
            )
    return tuple(name for name in known if name in names)


def known_values(values: Mapping[str, float], known: Mapping[str, Lever]) -> dict[str, float]:
    """Values that levers are turned to, in the order of the levers; those that stand so anyway left out.

    Raises
    ------
    RunError
        There is no such lever, or it cannot be turned so far.
    """
    for name, value in values.items():
        _check_value(known, name, value)
    return {
        lever.name: plain(values[lever.name])
        for lever in known.values()
        if lever.name in values and not _is_present(lever, values[lever.name])
    }


def parts(told: object) -> tuple[dict[str, float], list[str]]:
    """Values and names of what a page tells, of the right kinds; raises RunError for anything else."""
    if isinstance(told, Settings):
        return dict(told.values), list(told.patches)
    if not isinstance(told, Mapping):
        raise RunError(f"settings: found '{shortened(told)}'; a map of `values` and `patches` is expected.")
    values, names = told.get("values", {}), told.get("patches", ())
    if not isinstance(values, Mapping) or len(values) > MAX_ENTRIES:
        raise RunError(
            f"settings: `values` is a map of levers to numbers, at most {MAX_ENTRIES}; "
            f"found '{shortened(values)}'."
        )
    if isinstance(names, str) or not isinstance(names, Sequence) or len(names) > MAX_ENTRIES:
        raise RunError(f"settings: `patches` is a list of names; found '{shortened(names)}'.")
    if not all(isinstance(name, str) for name in (*values, *names)):
        raise RunError("settings: levers and patches are called by their names; found something else.")
    return {name: _float(name, value) for name, value in values.items()}, list(names)


def _float(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RunError(f"{shortened(name)}: found '{shortened(value)}'; a number is expected, such as 4.")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _check_value(known: Mapping[str, Lever], name: str, value: float) -> None:
    lever = known.get(name)
    if lever is None:
        near = did_you_mean(name[:200], known)
        raise RunError(
            f"lever '{shortened(name)}': there is none of this name. {near} Levers: {', '.join(known)}."
        )
    ends = [lever.low, lever.high, *([] if lever.present is None else [lever.present])]
    low, high = min(ends), max(ends)
    if not low <= value <= high:  # nan is neither
        raise RunError(
            f"{name}: found {value:.10g}; admissible is "
            f"{lever.written(low)} to {lever.written(high)}, today it is "
            f"{'unlimited' if lever.present is None else lever.written(lever.present)}."
        )
    if lever.whole and value != round(value):
        raise RunError(f"{name}: found {value:.10g}; a whole number is expected.")


def _is_present(lever: Lever, value: float) -> bool:
    return lever.present is not None and plain(value) == plain(lever.present)
