"""Luck: the generator gives its published words, draws are keyed as documented, and a seed decides a run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

from sim import engines
from sim.experiment.verification.bench import Bench, compile_from_file
from sim.experiment.verification.findings import Check, Line, near, same
from sim.metrics import summarise
from sim.randomness import philox4x32
from sim.records import Facts

_ONES = 0xFFFFFFFF
_HOUR_MS = 3_600_000
# counter, key, words: tests/kat_vectors of Random123, philox4x32 10
KNOWN = (
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((_ONES,) * 4, (_ONES, _ONES), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
)


def luck_checks() -> tuple[Check, ...]:
    """Everything about luck."""
    return (
        Check("Philox 4x32-10", known_answers),
        Check("keyed draws", keyed_draws),
        Check("same seed, same log", same_seed),
    )


def known_answers(bench: Bench) -> Iterator[Line]:
    """The words that Random123 publishes for three counters and keys."""
    for number, (counter, key, words) in enumerate(KNOWN, start=1):
        found = [f"{word:08x}" for word in philox4x32(*counter, *key)]
        differ = sum(a != b for a, b in zip(found, words.split(), strict=True))
        note = f"found {' '.join(found)}, published {words}" if differ else ""
        yield same(f"words of known answer {number} that differ", differ, 0, note)


def keyed_draws(bench: Bench) -> Iterator[Line]:
    """Arrivals of M/M/1 worked out again from key and counter, without any code of the engine."""
    seed, replication = 7, 3
    facts = bench.run("mm1", seed=seed, replication=replication)
    word = int.from_bytes(hashlib.blake2s(b"c|", digest_size=4).digest(), "little")
    reached, worst = 0.0, 0.0
    for number, case in enumerate(facts.cases, start=1):
        x0, x1, _, _ = philox4x32(number, word, 0, 1, seed, replication)
        reached -= math.log1p(-((((x0 << 32) + x1) >> 12) + 0.5) * 2.0**-52)
        worst = max(worst, abs(case.arrive - reached * _HOUR_MS))
    yield near(f"arrivals of {len(facts.cases)} cases, worst [ms]", worst, 0.0, 1.0)


def same_seed(bench: Bench) -> Iterator[Line]:
    """A run again, a run of the file read anew, a replication alone: the same. Another seed: another log."""
    first = bench.run("office", seed=5, replication=2)
    yield _rows_that_differ("again", first, bench.run("office", seed=5, replication=2))
    fresh = engines.run(
        compile_from_file("office"), seed=5, replication=2, engine=bench.engine, keep_log=True
    )
    yield _rows_that_differ("file read anew", first, fresh)
    among = bench.replicate("office", replications=3, seed=5).runs[2].measures
    alone = summarise(first, bench.plan("office"))
    moved = sum(a != b for a, b in zip(among, alone, strict=True))
    yield same(f"figures of {len(alone)} that differ, alone or among others", moved, 0)
    others = {"seed": bench.run("office", seed=6, replication=2), "replication": bench.run("office", seed=5)}
    for name, other in others.items():
        differ = other.events != first.events
        yield Line(f"another {name}", "differs" if differ else "the same", "differs", 0.0, differ)


def _rows_that_differ(how: str, first: Facts, second: Facts) -> Line:
    differ = sum(a != b for a, b in zip(first.events, second.events, strict=False))
    differ += abs(len(first.events) - len(second.events))
    return same(f"rows of {len(first.events)} that differ, {how}", differ, 0)
