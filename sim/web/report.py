"""The report of a setting: what `sim report` makes of a run folder of this comparison.

It is run with as many replications as the page's last answer, from those that are kept; charts that need the
cases or weeks of a run replay a few of them. Nothing is left behind but the folder that was asked for.
Not here: what a report says (report).
"""

from __future__ import annotations

import shlex
import time
from pathlib import Path

from sim.experiment.what_if import LADDER, Settings, WhatIf
from sim.report.document import document
from sim.report.html import render
from sim.report.run_folder import write_run
from sim.report.stored import read_run
from sim.scenario.writer import data_files, resolved_text

NAME = "report.html"


def report(what_if: WhatIf, settings: Settings, folder: Path, *, replications: int = LADDER[-1]) -> Path:
    """Write the run folder of a setting under `folder`, with its report as one HTML file, and return that.

    Raises
    ------
    SimError
        The setting cannot be, or a replication cannot go on.
    OSError
        The folder cannot be written to.
    """
    began = time.monotonic()
    asked = [Settings()] if settings.is_today else [Settings(), settings]
    scenarios = [what_if.scenario(each) for each in asked]
    found = what_if.comparison(settings, replications)
    comparison = None if settings.is_today else found
    results = [found.baseline, *([] if comparison is None else comparison.others)]
    run = write_run(
        results,
        out=folder,
        command=shlex.join(_command(what_if)),
        scenario_texts={
            result.name: resolved_text(each) for result, each in zip(results, scenarios, strict=True)
        },
        elapsed_s=time.monotonic() - began,
        comparison=comparison,
        data_files=data_files(scenarios),
    )
    page = run / NAME
    page.write_text(render(document(read_run(run))), encoding="utf-8")
    return page


def _command(what_if: WhatIf) -> list[str]:
    """The command line of the page that this was asked on."""
    return ["sim", "serve", *map(str, (what_if.file, *(patch.path for patch in what_if.patches)))]
