"""`sim verify`: checks the installed program, and prints what was found beside what was expected.

Not here: the checks (experiment.verification).
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.experiment.verification.findings import Line, Value, Verification

_WIDTHS = (40, 14, 14, 11, 8, 6)


@click.command()
@click.option("--engine", default=None, help="The engine to check; that of runs, unless said otherwise.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def verify(engine: str | None, as_json: bool) -> None:
    """Check this installation: theory, conservation laws, luck, examples, engine against engine.

    Works offline and writes nothing. Ends with exit code 1 if a check fails.
    """
    from sim import engines
    from sim.experiment.verification import verify as verify_engine

    name, known = engine or engines.AUTO, (*engines.ENGINES, engines.AUTO)
    if name not in known:
        raise click.UsageError(f"no engine is called {name!r}. Engines: {', '.join(known)}.")
    found = verify_engine(engine=name, told=_tell if sys.stderr.isatty() else None)
    click.echo(verification_document(found) if as_json else verification_text(found))
    if not found.passed:
        sys.exit(1)


def _version() -> str:
    from importlib.metadata import version  # a fifth of the time that `sim --help` takes

    return version("sim")


def _tell(check: str) -> None:
    click.echo(f"{check} ...", err=True)


def verification_text(found: Verification) -> str:
    """A table with a line for each comparison, what is wrong in words, and the verdict."""
    from sim.cli.layout import drawn, paragraph, table

    made = table("", "found", "expected", "tolerance", "verdict", "s")
    for column, width in zip(made.columns, _WIDTHS, strict=True):
        column.width, column.overflow = width, "fold"
    for finding in found.findings:
        made.add_row(finding.check, "", "", "", "", f"{finding.seconds:.1f}")
        for line in finding.lines:
            made.add_row(f"  {line.compared}", *_cells(line))
    notes = [
        paragraph(f"{finding.check}: {line.compared}: {line.note}")
        for finding in found.findings
        for line in finding.lines
        if line.note and not line.passed
    ]
    return "\n\n".join([drawn(made), *notes, paragraph(_verdict(found))])


def _cells(line: Line) -> tuple[str, str, str, str]:
    tolerance = f"± {line.tolerance:.2g}" if line.tolerance else "exact"
    return (
        _told(line.found),
        _told(line.expected),
        tolerance,
        line.verdict if line.passed is not None else "–",
    )


def _told(value: Value) -> str:
    return f"{value:.5g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def _verdict(found: Verification) -> str:
    from sim.experiment.verification.theory import ERROR

    lines = [line for finding in found.findings for line in finding.lines]
    seconds = sum(finding.seconds for finding in found.findings)
    text = (
        f"sim {_version()}, engine {found.engine}: {len(found.findings)} checks, {len(lines)} "
        f"comparisons, {seconds:.0f} s. "
    )
    if found.passed:
        text += "All passed. "
    else:
        text += (
            f"FAILED: {'; '.join(found.failed)}. Trust no figure of this installation before that is mended. "
        )
    return text + (
        f"The intervals of theory are so wide that with a right program all of them hold with a probability "
        f"of {100 * (1 - ERROR):g} %; the luck is seeded, so the verdict is the same each time."
    )


def verification_document(found: Verification) -> str:
    """The same for machines; numbers are not rounded."""
    from sim.experiment.verification.theory import ERROR

    checks = [
        {
            "check": finding.check,
            "passed": finding.passed,
            "seconds": round(finding.seconds, 3),
            "lines": [_entry(line) for line in finding.lines],
        }
        for finding in found.findings
    ]
    document = {
        "version": _version(),
        "engine": found.engine,
        "passed": found.passed,
        "error_probability": ERROR,
        "checks": checks,
    }
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)


def _entry(line: Line) -> dict[str, object]:
    return {
        "compared": line.compared,
        "found": _finite(line.found),
        "expected": _finite(line.expected),
        "tolerance": line.tolerance,
        "verdict": line.verdict,
        "note": line.note,
    }


def _finite(value: Value) -> Value | None:
    """JSON has no word for what is not a number."""
    return None if isinstance(value, float) and not abs(value) < float("inf") else value
