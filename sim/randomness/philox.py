"""Philox 4x32-10: the counter-based generator under every draw.

A pure function from a counter of four words and a key of two words to four random words, all unsigned and of
32 bits. Source: Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3 (SC11), and the
known answers of their Random123 library.
Not here: what counter and key mean (streams), what becomes of the words (distributions).
"""

from __future__ import annotations


def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Four random words for one counter and one key; ten rounds.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1
        Counter and key, each in 0 .. 2^32 − 1. Not checked here.

    Notes
    -----
    Only +, *, ^, &, >> on integers, and every shifted product is masked: with wrapping signed 64-bit
    integers, as Numba has them, the words are the same, though the products reach 2^64.
    """
    for _ in range(10):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0 = ((p1 >> 32) ^ c1 ^ k0) & 0xFFFFFFFF
        c1 = p1 & 0xFFFFFFFF
        c2 = ((p0 >> 32) ^ c3 ^ k1) & 0xFFFFFFFF
        c3 = p0 & 0xFFFFFFFF
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3
