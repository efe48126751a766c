"""Reports: what is kept of a run, how it is read back, and findings in words, tables and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.stored import StoredRun, read_run

__all__ = ["StoredRun", "read_run"]


def __getattr__(name: str) -> Any:
    # Reading a run takes scenarios, plans and tables; writing one does not.
    if name in __all__:
        from sim.report import stored

        return getattr(stored, name)
    raise AttributeError(f"module 'sim.report' has no attribute {name!r}")
