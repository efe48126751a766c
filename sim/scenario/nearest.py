"""The word that was probably meant: one rule for every message that offers a correction."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word`, or None if none is like it (similarity below 0.6)."""
    found = get_close_matches(word, sorted(set(candidates)), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A sentence that offers the nearest candidate, or nothing."""
    found = nearest(word, candidates)
    return f"Did you mean '{found}'?" if found is not None else ""
