"""What a run was asked for, and by which program: where it agrees, replications are the same to the byte.

Not here: where it is kept (unfinished).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.errors import RunError
from sim.experiment.provenance import plan_digest, source_digest, versions
from sim.plan.arrays import Plan

FORMAT = 1
"""Of the file, and of the pieces beside it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for.

    Attributes
    ----------
    command, started
        The command line and the instant [UTC, ISO 8601] at which it began; they make no difference.
    options
        As on the command line, as far as results depend on them.
    scenarios
        A digest of each resolved scenario, by name, the baseline first.
    plans
        A digest of each as it was compiled, data files included; empty before that.
    """

    command: str
    started: str
    options: Mapping[str, Any]
    scenarios: Mapping[str, str]
    versions: Mapping[str, str] = field(default_factory=versions)
    source: str = field(default_factory=source_digest)
    plans: Sequence[str] = ()
    format: int = FORMAT

    @classmethod
    def of(cls, command: str, started: str, options: Mapping[str, Any], texts: Mapping[str, str]) -> Asked:
        """As asked for now, of this program; `texts` are the resolved scenarios by name."""
        digests = {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}
        return cls(command, started, options, digests)

    def with_plans(self, plans: Sequence[Plan]) -> Asked:
        """The same, now that the scenarios are compiled."""
        return replace(self, plans=[plan_digest(plan) for plan in plans])

    def digest(self) -> str:
        """Of all that makes a difference."""
        told = asdict(self)
        del told["command"], told["started"]
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        being_written = path.with_name(f".{path.name}")
        being_written.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        being_written.replace(path)

    @classmethod
    def read(cls, path: Path) -> Asked:
        """What was asked for.

        Raises
        ------
        RunError
            The file is damaged, or of another version of the program.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] == FORMAT:
                return cls(**{each.name: told[each.name] for each in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise RunError(
            f"{path}: it cannot be read: it is damaged, or another version of sim wrote it. Start a new run "
            "without --resume."
        )


def differences(before: Asked, now: Asked) -> list[str]:
    """In what two runs differ, one line each; empty where the one may go on with the other."""
    return list(_differences(before, now))


def _differences(before: Asked, now: Asked) -> Iterator[str]:
    names = [list(each.scenarios) for each in (before, now)]
    if names[0] != names[1]:
        yield f"scenarios: {', '.join(names[0])} there, {', '.join(names[1])} now"
    else:
        for name in names[0]:
            if before.scenarios[name] != now.scenarios[name]:
                yield f"scenario {name!r} has changed since"
    yield from _unlike(before.options, now.options, "now")
    yield from _unlike(before.versions, now.versions, "now")
    if before.source != now.source and before.versions == now.versions:
        yield "sim itself has changed since, under the same version number"
    if before.scenarios == now.scenarios and before.plans and now.plans:
        for name, one, other in zip(before.scenarios, before.plans, now.plans, strict=True):
            if one != other:
                yield f"a file of numbers that scenario {name!r} reads has changed since"


def _unlike(before: Mapping[str, Any], now: Mapping[str, Any], here: str) -> Iterator[str]:
    for name in dict.fromkeys((*before, *now)):
        one, other = before.get(name, "none"), now.get(name, "none")
        if one != other:
            yield f"{name}: {one} there, {other} {here}"
