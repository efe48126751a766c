"""Makes the gallery: the shipped comparison as page, pictures and figures, by the commands a user would give.

`python results/make_gallery.py` runs `sim compare` and `sim report` and writes into `results/gallery`. A test
(tests/test_gallery.py) runs the comparison again and holds `figures.json` to it, so that whatever moves a
number is seen; pictures are not compared.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sim.charts.files import save
from sim.report.document import Document, document
from sim.report.stored import read_run

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "results" / "gallery"
COMPARE = (
    "compare scenarios/current_state.yaml scenarios/patches/automated_provisioning.yaml "
    "scenarios/self_service.yaml --replications 20 --seed 1"
)
KINDS = ("case", "team", "business")
NO_ISOLATES = dict.fromkeys((0x2068, 0x2069))
"""Marks that keep names of another direction in their place; names here are plain."""

Figures = dict[str, float | None]


def sim(arguments: Sequence[str]) -> str:
    """What the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def compare(out: Path) -> Figures:
    """Run the comparison into a folder; the mean of its figures about cases, teams and money."""
    told = json.loads(sim([*shlex.split(COMPARE), "--json", "--out", str(out)]))
    return {
        " | ".join((row["scenario"], row["metric"], row["of"])): row["mean"]
        for row in told["metrics"]
        if row["kind"] in KINDS
    }


def index(found: Document) -> str:
    """The page that shows the pictures, one after the other."""
    lines = [
        "# The gallery",
        "",
        "One comparison of the shipped scenarios, as `sim report` shows it: [the page itself](report.html),",
        "its pictures below, and the figures behind them in [figures.json](figures.json). Made by",
        "`make gallery`, which gives",
        "",
        "```text",
        f"sim {COMPARE}",
        "sim report RUN",
        "```",
        "",
        f"**{found.answer.headline}**",
        "",
    ]
    for finding in found.findings:
        picture = f"![{finding.heading}]({finding.key}.png)"
        lines += [f"## {finding.heading}", "", finding.so_what, "", picture, ""]
    return "\n".join(lines).translate(NO_ISOLATES)


def main() -> None:
    """Write all of it anew."""
    GALLERY.mkdir(exist_ok=True)
    for old in GALLERY.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        figures = compare(Path(folder))
        (run,) = Path(folder).iterdir()
        sim(["report", str(run), "--out", str(GALLERY / "report.html")])
        found = document(read_run(run))
        for finding in found.findings:
            save(finding.draw(), GALLERY / f"{finding.key}.png")
    (GALLERY / "README.md").write_text(index(found), encoding="utf-8")
    (GALLERY / "figures.json").write_text(
        json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
