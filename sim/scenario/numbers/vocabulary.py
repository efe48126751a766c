"""The words of the number grammar: distributions, parameters, limits, and how wrong words are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from sim.units.dimensions import MONEY_UNITS, PER_UNITS, WALL_SINGULARS, WALL_UNITS, WORK_UNITS

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_VALUE = 1e15
MAX_REFERENCES = 50
MAX_PARTS = 1_000


RANGE_FAMILIES = {"uniform": 2, "triangular": 3, "pert": 3}
NAMED_FAMILIES = ("exponential", "erlang", "gamma", "lognormal", "weibull", "normal")
FAMILIES = ("constant", *RANGE_FAMILIES, *NAMED_FAMILIES, "empirical")
PARAMETERS = ("mean", "median", "cv", "sd", "sigma", "shape", "k", "from", "to")


FAMILY_EXAMPLES: Mapping[str, str] = {
    "constant": "constant 2 h",
    "uniform": "uniform 2 h to 6 h",
    "triangular": "triangular 30 min to 1 h to 3 h",
    "pert": "pert 30 min to 1 h to 3 h",
    "exponential": "exponential mean 1 d",
    "erlang": "erlang k 4 mean 2 h",
    "gamma": "gamma mean 2 h cv 0.5",
    "lognormal": "lognormal mean 2 h cv 1",
    "weibull": "weibull mean 2 h shape 1.5",
    "normal": "normal mean 2 h sd 30 min from 0 h to 4 h",
    "empirical": "empirical durations.csv column hours",
}
POSITIONS = {
    "constant": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
}
SPREADS = {
    "gamma": ("cv", "sd", "shape"),
    "lognormal": ("cv", "sd", "sigma"),
    "weibull": ("cv", "shape"),
}


_UNIT_SLIPS = {
    "m": "min (minutes) or M (millions of money)",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "K": "k",
    "percent": "%",
    "mio": "M",
    "million": "M",
}


_UNITS = (*WORK_UNITS, *WALL_UNITS, *WALL_SINGULARS, *MONEY_UNITS)
KEYWORDS = frozenset((*FAMILIES, *PARAMETERS, *_UNITS, *PER_UNITS, "ramp", "at", "per", "column"))


def an(family: str) -> str:
    return f"{'an' if family[0] in 'ae' else 'a'} {family}"


def admissible() -> str:
    return (
        "Admissible: an amount with its unit (3 h, 25%, 42 k, 3 per year), $name, arithmetic "
        "with + - * / ( ), "
        "a distribution (lognormal mean 2 h cv 1), a ramp."
    )


def unknown_word(word: str) -> str:
    words = sorted((*FAMILIES, *PARAMETERS, "ramp", "at", "per"))
    near = nearest_word(word, words)
    hint = f" Did you mean '{near}'?" if near else f" An assumption is written ${word}."
    return f"the word '{word}' is unknown. Distributions: {', '.join(FAMILIES)}.{hint}"


def unknown_unit(word: str, number: str) -> str:
    if word in _UNIT_SLIPS:
        return f"found '{number} {word}': the unit is written {_UNIT_SLIPS[word]}. {_unit_list()}"
    near = nearest_word(word, _UNITS)
    near = WALL_SINGULARS.get(near, near) if near and number != "1" else near
    hint = f" Did you mean '{number} {near}'?" if near else ""
    return f"found '{number} {word}': no unit is called '{word}'. {_unit_list()}{hint}"


def _unit_list() -> str:
    return (
        f"Working time: {' '.join(WORK_UNITS)}; wall clock: {' '.join(WALL_UNITS)}; share: %; "
        f"money: {' '.join(MONEY_UNITS)}; rates: per h, per d, per w, per month, per year."
    )


def unknown(kind: str, word: str, words: Iterable[str]) -> str:
    words = list(words)
    near = nearest_word(word, words)
    hint = f" Did you mean '{near}'?" if near else ""
    return f"no {kind} is called '{word}'. Admissible: {', '.join(words) or 'none'}.{hint}"


def nearest_word(word: str, words: Iterable[str]) -> str | None:
    matches = get_close_matches(word.lower(), list(words), n=1, cutoff=0.6) or get_close_matches(
        word, list(words), n=1
    )
    return matches[0] if matches else None


def kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"'{value}' ({type(value).__name__})"
