"""Makes the gallery: the shipped comparison as pages, pictures and figures, by the commands that users give.

`python results/make_gallery.py` runs `sim compare`, `sim report` and `sim animate` and writes into
`results/gallery`. A test (tests/test_gallery.py) runs the comparison again and holds `figures.json` to it, so
that whatever moves a number is seen; pictures are not compared. That of the animation takes a Chromium; where
there is none, the old one stays.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sim.charts.files import save
from sim.report.document import Document, document
from sim.report.printed import BROWSERS
from sim.report.stored import read_run

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "results" / "gallery"
COMPARE = (
    "compare scenarios/current_state.yaml scenarios/patches/automated_provisioning.yaml "
    "scenarios/self_service.yaml --replications 20 --seed 1"
)
ANIMATE = (
    "--flow data_and_environment --scenario 'Current state' --scenario 'Self-service sandboxes' "
    "--from-week 60"
)
PICTURE = "animation.png"
RUNS = "results/for-the-gallery"
"""Where the run is kept as long as it takes: its name is told in the report, so it is of no machine."""
MOMENT, SIZE = 30_000, (1440, 902)
"""The minute that the picture of the animation shows, and its size: down to the legend."""
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
        f"sim animate RUN {ANIMATE}",
        "```",
        "",
        f"**{found.answer.headline}**",
        "",
    ]
    for finding in found.findings:
        picture = f"![{finding.heading}]({finding.key}.png)"
        lines += [f"## {finding.heading}", "", finding.so_what, "", picture, ""]
    lines += [
        "## How queues come about",
        "",
        "One replication, replayed on the map: [the animation](animation.html), which opens in any browser,",
        "standing still here.",
        "",
        f"![Two scenarios above each other on one clock, their cases as dots]({PICTURE})",
        "",
    ]
    return "\n".join(lines).translate(NO_ISOLATES)


def photograph(page: Path, picture: Path) -> None:
    """A page at a moment, as a browser shows it."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"no Chromium is on the PATH: {picture.name} is the old one")
        return
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars"]
        size = f"--window-size={SIZE[0]},{SIZE[1]}"
        where = [
            f"--user-data-dir={profile}",
            size,
            f"--screenshot={picture}",
            f"{page.as_uri()}#at={MOMENT}",
        ]
        subprocess.run([browser, *options, *where], check=True, capture_output=True, timeout=120)


def main() -> None:
    """Write all of it anew."""
    GALLERY.mkdir(exist_ok=True)
    for old in GALLERY.iterdir():
        if old.name != PICTURE:
            old.unlink()
    shutil.rmtree(ROOT / RUNS, ignore_errors=True)
    try:
        figures = compare(Path(RUNS))
        (run,) = (ROOT / RUNS).iterdir()
        sim(["report", str(run), "--out", str(GALLERY / "report.html")])
        page = GALLERY / "animation.html"
        sim(["animate", str(run), *shlex.split(ANIMATE), "--out", str(page)])
        photograph(page, GALLERY / PICTURE)
        found = document(read_run(run))
        for finding in found.findings:
            save(finding.draw(), GALLERY / f"{finding.key}.png")
    finally:
        shutil.rmtree(ROOT / RUNS, ignore_errors=True)
    (GALLERY / "README.md").write_text(index(found), encoding="utf-8")
    (GALLERY / "figures.json").write_text(
        json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
