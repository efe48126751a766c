"""The ledger of a search: what every finished replication told, one line each, to be gone on with later.

Luck is by seed and replication, so a search that is repeated asks for the same replications in the same
order, and the ledger answers for those that were finished. A last line that was torn when the process died is
left out, and what it told is run again.
Not here: whose ledger it is, and whether the search is the same (cli, unfinished).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

from sim.economics.flows import YearlyFlows
from sim.experiment.tune.space import Setting


@dataclass(frozen=True, slots=True)
class Told:
    """What a replication of a setting told: figures in the order asked for (None: not defined), and money.

    `unable`: why it could not go on; then there are no figures.
    """

    setting: Setting
    number: int
    figures: tuple[float | None, ...] = ()
    flows: YearlyFlows | None = None
    unable: str = ""


class Ledger(Protocol):
    """Where finished replications are written down."""

    def before(self) -> Iterator[Told]:
        """Those that were finished before."""

    def write(self, told: Told) -> None:
        """One more is finished."""


class FileLedger:
    """A ledger in a file; what cannot be written does not end the search (`trouble`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: OSError | None = None
        self._file: TextIO | None = None

    def before(self) -> Iterator[Told]:
        """Those that were finished before; lines that cannot be read are left out."""
        if not self.path.is_file():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield _read(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue

    def write(self, told: Told) -> None:
        """One more, on the disk before the next."""
        if self.trouble is not None:
            return
        try:
            if self._file is None:
                self._file = self.path.open("a", encoding="utf-8")
                if self.path.stat().st_size:
                    self._file.write("\n")  # after a line that was torn
            self._file.write(json.dumps(_plain(told), separators=(",", ":")) + "\n")
            self._file.flush()
        except OSError as error:
            self.trouble = error

    def close(self) -> None:
        """Nothing more will be written."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _plain(told: Told) -> dict[str, Any]:
    flows = told.flows
    plain: dict[str, Any] = {"at": told.setting, "r": told.number, "figures": told.figures}
    if told.unable:
        plain["unable"] = told.unable
    if flows is not None:
        plain["money"] = [flows.people, flows.waste_hours, flows.environments, flows.value]
    return plain


def _read(plain: dict[str, Any]) -> Told:
    setting = tuple((str(name), float(value)) for name, value in plain["at"])
    figures = tuple(None if each is None else float(each) for each in plain["figures"])
    flows = None
    if "money" in plain:
        people, waste, environments, value = plain["money"]
        flows = YearlyFlows(
            {name: tuple(row) for name, row in people.items()},
            {name: tuple(row) for name, row in waste.items()},
            tuple(environments),
            tuple(value),
        )
    return Told(setting, int(plain["r"]), figures, flows, str(plain.get("unable", "")))
