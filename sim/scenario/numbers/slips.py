"""Common slips in the text of a number, found before the grammar sees it, so that each gets its own words."""

from __future__ import annotations

import re

from sim.scenario.numbers.algebra import NumberSyntaxError
from sim.scenario.numbers.vocabulary import (
    FAMILIES,
    FAMILY_EXAMPLES,
    KEYWORDS,
    MAX_DEPTH,
    MAX_LENGTH,
    admissible,
    an,
    unknown,
    unknown_unit,
    unknown_word,
)
from sim.units.dimensions import PER_UNITS

_WORD = re.compile(r"\$?[A-Za-z_][A-Za-z0-9_]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\S")


_EMPIRICAL = re.compile(
    r"empirical(\s*\(\s*[^\s,()=]+[\s,]+column[\s=]+[^\s,()=]+\s*\)|\s+[^\s,()=]+[\s,]+column[\s=]+[^\s,()=]+)"
)


def check_text(text: str) -> None:
    if not text.strip():
        raise NumberSyntaxError(f"found nothing where a number belongs. {admissible()}")
    if len(text) > MAX_LENGTH:
        raise NumberSyntaxError(
            f"found a number of {len(text)} characters; at most {MAX_LENGTH}. Give parts of it a "
            "name in `assumptions`."
        )
    _check_depth(text)
    if re.search("-\\s*-\\s*-", text):
        raise NumberSyntaxError(f"found '{text}': three minus signs in a row. For example: 3 h - 1 h")
    bare = _EMPIRICAL.sub("1", text)
    if re.search(r"(?<!\$)\bempirical\b", bare):
        raise NumberSyntaxError(f"found '{text}': an empirical is written '{FAMILY_EXAMPLES['empirical']}'.")
    _check_currency(bare)
    _check_comma(bare)
    _check_words(bare)


def _check_depth(text: str) -> None:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise NumberSyntaxError(
            f"found parentheses {deepest} deep; at most {MAX_DEPTH}. Give parts of it a name in "
            "`assumptions`."
        )
    if depth:
        missing = "')' is missing" if depth > 0 else "there is a ')' too many"
        raise NumberSyntaxError(f"found '{text}': {missing}. For example: (1 h + 30 min) * 2")


def _check_currency(text: str) -> None:
    slip = re.search(
        r"(?:\$\s*|[€£¥]\s*)(\d[\d.]*)\s*([kKM]?)|(\d[\d.]*)\s*([kKM]?)\s*(?:[€£¥]|[A-Z]{3}\b)", text
    )
    if slip is None:
        return
    amount, suffix = slip[1] or slip[3], (slip[2] or slip[4] or "").replace("K", "k")
    raise NumberSyntaxError(
        f"found '{slip[0].strip()}': money is written {f'{amount} {suffix}'.strip()}, "
        "the currency stands once at the top (currency: USD)"
    )


def _check_comma(text: str) -> None:
    slip = re.search(r"\d[\d.]*(?:,\d[\d.]*)+", text)
    if slip:
        raise NumberSyntaxError(
            f"found '{slip[0]}': a comma inside a number. Write {slip[0].replace(',', '')} for "
            "thousands, a point for "
            "decimals (2.5), and a space after a comma that separates parameters"
        )


def _check_words(text: str) -> None:
    previous = ""
    for word in _WORD.findall(text):
        if word[0].isalpha() or word[0] == "_":
            _check_word(text, word, previous)
        previous = word


def _check_word(text: str, word: str, previous: str) -> None:
    if word.lower() in ("nan", "inf", "infinity"):
        raise NumberSyntaxError(f"found '{text}': '{word}' is no amount. A number is finite, for example 3 h")
    if previous == "per":
        if word not in PER_UNITS:
            raise NumberSyntaxError(unknown("rate", f"per {word}", [f"per {unit}" for unit in PER_UNITS]))
    elif previous[:1].isdigit() or previous[:1] == ".":
        if word not in KEYWORDS and word not in FAMILIES:
            raise NumberSyntaxError(unknown_unit(word, previous))
    elif word not in KEYWORDS:
        raise NumberSyntaxError(f"found '{text}': {unknown_word(word)}")


def syntax_message(text: str, position: int | None) -> str:
    rest = "" if position is None or position < 0 else text[position:].strip()
    found = f"'{rest.split()[0]}' is not expected here" if rest else "it ends too early"
    family = next((word for word in re.findall(r"[a-z]+", text) if word in FAMILIES), None)
    if family:
        return f"found '{text}': {found}. {an(family).capitalize()} is written '{FAMILY_EXAMPLES[family]}'."
    if re.search(r"\bramp\b", text):
        return f"found '{text}': {found}. A ramp is written 'ramp 0% at 9 months to 80% at 21 months'."
    return f"found '{text}': {found}. {admissible()}"
