"""The plan: a scenario, compiled into flat tables for the engines.

`arrays` says what an engine is given, `compiler` makes it. Engines import `sim.plan.arrays` and what is
worked out of it alone (`measured`, `remembered`); so that they need not pay for the scenario's readers,
`compile_plan` is imported when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.plan.compiler import compile_plan

__all__ = ["compile_plan"]


def __getattr__(name: str) -> Any:
    if name == "compile_plan":
        from sim.plan.compiler import compile_plan

        return compile_plan
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
