"""What a check says: lines of found against expected, each with its tolerance and verdict.

Not here: the checks themselves, and how they are printed (cli).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sim.experiment.verification.bench import Bench

Verdict = Literal["ok", "FAILED", "not looked at"]
Value = float | str


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison.

    `tolerance` is how far `found` may lie from `expected` to either side; 0: they must be equal. `passed` is
    None where there was nothing to compare; `note` says why, or what is wrong.
    """

    compared: str
    found: Value
    expected: Value
    tolerance: float
    passed: bool | None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        return "not looked at" if self.passed is None else "ok" if self.passed else "FAILED"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is checked. `look` yields at least one line."""

    name: str
    look: Callable[[Bench], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that was carried out, and how long it took [s]."""

    check: str
    lines: tuple[Line, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """No line failed."""
        return all(line.passed is not False for line in self.lines)


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks, in order."""

    findings: tuple[Finding, ...]
    engine: str

    @property
    def passed(self) -> bool:
        return all(finding.passed for finding in self.findings)

    @property
    def failed(self) -> list[str]:
        """Names of the checks that failed."""
        return [finding.check for finding in self.findings if not finding.passed]


def near(compared: str, found: float, expected: float, tolerance: float, note: str = "") -> Line:
    """A line that passes if found lies within the tolerance of what is expected."""
    return Line(compared, found, expected, tolerance, abs(found - expected) <= tolerance, note)


def same(compared: str, found: Value, expected: Value, note: str = "") -> Line:
    """A line that passes if found and expected are equal."""
    return Line(compared, found, expected, 0.0, found == expected, note)
