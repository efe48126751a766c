"""Arguments and options that commands share, each written and explained once.

    @click.command()
    @click.argument("file", type=arguments.FILE)
    @arguments.seed
    @arguments.as_json
    def explain(file, seed, as_json): ...

Not here: what a command does with them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)


class Share(click.ParamType[float]):
    """A share such as `2%` or `0.02`."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = float("nan")
        if not 0 < share < 1:
            self.fail(f"found {text!r}; a share above 0 and below 1, such as 2%", param, context)
        return share


class Jobs(click.ParamType[int]):
    """A number of processes, or -1."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> int:
        try:
            jobs = int(value)
        except ValueError:
            jobs = 0
        if jobs < 1 and jobs != -1:
            self.fail(
                f"found {value!r}; a number of processes, 1 or more, or -1: one per core", param, context
            )
        return jobs


SHARE, JOBS = Share(), Jobs()

out = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    help="Where run folders go.",
    show_default=True,
)
seed = click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True)
engine = click.option(
    "--engine",
    type=click.Choice(["auto", "compiled", "simpy"]),
    default="auto",
    help="compiled is fast, simpy is Python; auto = the fastest. All give the same.",
    show_default=True,
)
jobs = click.option(
    "--jobs",
    type=JOBS,
    default=-1,
    help="Threads or processes, as suits the engine; -1 = one per core.",
    show_default=True,
)
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
