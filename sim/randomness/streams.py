"""Streams: every draw is named by what it decides, never by when it is asked for.

The name of a draw is (seed, replication; case number, hash of source and path, visit, generation, purpose).
It is the key and counter of Philox, so any draw can be had alone, in any order, by either engine, and adding
a step to a scenario moves the luck of no other. Semantics, section 6.
Not here: the shape of a draw (distributions), the search for hash collisions within a scenario (plan).
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

from sim.errors import EngineError
from sim.randomness.philox import philox4x32


class Purpose(IntEnum):
    """What a draw decides. The numbers are part of the contract: changing one changes every run."""

    ARRIVAL = 1
    TRAIT = 2
    CASE_PATIENCE = 3
    VALUE = 4
    WORK = 5
    WAIT = 6
    OUTCOME = 7
    STEP_PATIENCE = 8
    FALL_BACK = 9


def path_hash(source: str, path: str) -> int:
    """The word that stands for a source and a path in the counter; 0 .. 2^32 − 1.

    BLAKE2s with a digest of 4 bytes, read little-endian, of the UTF-8 text `source|path`.
    """
    text = f"{source}|{path}".encode()
    return int.from_bytes(hashlib.blake2s(text, digest_size=4).digest(), "little")


def uniforms(
    seed: int, replication: int, number: int, hash: int, visit: int, generation: int, purpose: int
) -> tuple[float, float]:
    """Two independent uniform numbers of one draw, each strictly between 0 and 1.

    Parameters
    ----------
    seed, replication
        The key; each 0 .. 2^32 − 1.
    number, hash, visit
        Case number, `path_hash` of its source and path (0 without a path), visit; each 0 .. 2^32 − 1.
    generation
        0 .. 2^24 − 1; it shares its word with the purpose.
    purpose
        A `Purpose`; 0 .. 255.

    Returns
    -------
    (u, v): u for the draw, and for choosing the part of a mixture, which then draws with v. Multiples of
    2^−53 from 2^−53 to 1 − 2^−53, so 1 − u is exact.

    Raises
    ------
    EngineError
        A word does not fit; the message names it.
    """
    # One test for seven words: it costs 0.2 us instead of 0.5. A negative word stays negative under | and >>.
    word = 256 * generation + purpose
    if (seed | replication | number | hash | visit | word) >> 32 or purpose >> 8:
        _raise_overflow(seed, replication, number, hash, visit, generation, purpose)
    x0, x1, x2, x3 = philox4x32(number, hash, visit, word, seed, replication)
    # ((x0·2^32 + x1) >> 12), without leaving 63 bits.
    u = (((x0 << 20) | (x1 >> 12)) + 0.5) * 2.0**-52
    v = (((x2 << 20) | (x3 >> 12)) + 0.5) * 2.0**-52
    return u, v


def _raise_overflow(
    seed: int, replication: int, number: int, hash: int, visit: int, generation: int, purpose: int
) -> None:
    words = (
        ("seed", seed, 32),
        ("replication", replication, 32),
        ("case number", number, 32),
        ("hash", hash, 32),
        ("visit", visit, 32),
        ("generation", generation, 24),
        ("purpose", purpose, 8),
    )
    for name, value, n_bits in words:
        if not 0 <= value < 1 << n_bits:
            raise EngineError(
                f"{name} {value} does not fit its word of the random counter or key: "
                f"admissible is 0 .. {(1 << n_bits) - 1} (2^{n_bits} − 1), for example 1"
            )
