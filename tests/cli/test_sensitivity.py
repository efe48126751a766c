"""`sim sensitivity`: what it prints and keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from sim.cli.sensitivity_text import sensitivity_text
from sim.errors import RunError
from sim.experiment.sensitivity import sensitivity
from sim.scenario.load import load, load_beside

# Nobody waits for anybody: the lead time is effort + delay.
DESK = """
name: Desk
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 week}
assumptions:
  effort:  {value: 2 h, range: [1 h, 3 h], source: counted}
  delay:   {value: 2 h, range: [0 h, 4 h], source: guess}
  again:   {value: 0%, range: [0%, 80%], source: guess}
  refused: {value: 40%}
  licence: {value: 120 k, range: [0 k, 200 k], source: offer}
economics: {years: 1, costs: {licence: {amount: $licence}}}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {helpers: {size: unlimited}}
cases: {request: {arrive: {every: 60 d}, flow: answer}}
flows:
  answer:
    steps:
      post: {wait: $delay, why: post}
      help:
        team: helpers
        work: $effort
        then: {back: {p: $again, go_to: help}, refused: {p: $refused, end: refused}, ok: rest}
"""
PLATFORM = """
patch: Platform
changes: A platform in the place of the licence.
base: desk.yaml
assumptions: {price: {value: 90 k, range: [50 k, 150 k], source: offer}}
economics: {costs: {licence: remove, platform: {amount: $price}}}
"""
FEW = ("-n", "2", "--jobs", "1")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.yaml").write_text(DESK, encoding="utf-8")
    (folder / "platform.yaml").write_text(PLATFORM, encoding="utf-8")
    return folder / "desk.yaml", folder / "platform.yaml"


@pytest.fixture(scope="module")
def compared(files: tuple[Path, Path]) -> str:
    """What is printed of the platform against the desk."""
    base, other = files
    only = ["licence", "price"]
    found = sensitivity(load(base), [load_beside(base, other)], only=only, replications=2, samples=32, jobs=1)
    return sensitivity_text(found)


def test_a_comparison_tells_money_its_spread_and_what_to_measure_first(compared):
    compared = " ".join(compared.split())
    assert "Platform, against Desk: 2 assumptions moved within their ranges, seed 1." in compared
    assert "Net present value: +30.00 (+30.00 to +30.00) k EUR with the values of the files." in compared
    assert "It hangs most on $licence: −120.0 k EUR at 0 k, +80.00 k EUR at 200 k." in compared
    assert "assumptions alone, luck averaged out (32)" in compared
    assert "Measure first: $licence; knowing it alone is worth" in compared
    assert "Difference in lead time of request" in compared


def test_every_line_fits_the_page(compared):
    assert max(map(len, compared.splitlines())) <= 100


def test_one_scenario_is_told_and_kept(command, files, tmp_path):
    asked = [*FEW, "--samples", "32", "--only", "effort", "--only", "delay"]
    done = command("sensitivity", str(files[0]), *asked, "--out", str(tmp_path / "runs"))
    assert done.exit_code == 0, done.output
    assert "Lead time of request: " in done.output
    assert "Measure first: $delay. Were it known, " in done.output
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"kept in {folder}" in done.output
    assert folder.name.endswith("-sensitivity-desk-" + folder.name[-4:])
    names = {path.name for path in folder.iterdir()}
    pictures = {
        f"{each}_lead_time_request.{kind}"
        for each in ("tornado", "indices", "spread")
        for kind in ("png", "svg")
    }
    assert pictures | {"result.json", "manifest.json", "tornado.parquet", "indices.csv"} <= names
    assert polars.read_parquet(folder / "tornado.parquet")["input"].to_list() == ["$delay", "$effort"]
    assert json.loads((folder / "manifest.json").read_text())["kind"] == "sensitivity"


def test_json_is_one_document_with_every_figure(command, files, tmp_path):
    done = command(
        "sensitivity", str(files[0]), *FEW, "--samples", "0", "--json", "--out", str(tmp_path / "runs")
    )
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    (figure,) = document["figures"]
    assert (figure["metric"], figure["of"], document["samples"]) == ("lead_time", "request", 0)
    assert [bar["assumption"] for bar in figure["tornado"]][:2] == ["$delay", "$effort"]
    assert document["decision"] is None


def test_an_end_that_is_refused_is_told_with_its_reason(command, files, tmp_path):
    done = command(
        "sensitivity",
        str(files[0]),
        *FEW,
        "--samples",
        "0",
        "--only",
        "again",
        "--out",
        str(tmp_path / "runs"),
    )
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert "60%*" in told or "59.9" in told
    assert "* $again goes no farther than" in told
    assert "the probabilities make 120%" in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--only", "efort"], "Did you mean 'effort'"),
        (["--of", "lead_tim"], "Did you mean 'lead_time'"),
        (["--samples", "100"], "found 100; admissible is a power of two, 32 or more"),
        (["-n", "1"], "1 is not in the range"),
        (["--method", "morris"], "'morris' is not one of 'surface', 'saltelli'"),
    ],
)
def test_mistakes_are_told_before_anything_is_kept(command, files, tmp_path, options, words):
    done = command("sensitivity", str(files[0]), *options, "--jobs", "1", "--out", str(tmp_path / "runs"))
    assert isinstance(done.exception, RunError) or done.exit_code == 2  # which `main` makes of the error
    assert words in " ".join((done.output + str(done.exception)).split())
    assert not (tmp_path / "runs").exists()


def test_where_nothing_can_be_kept_what_was_printed_stands(command, files, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = command(
        "sensitivity",
        str(files[0]),
        *FEW,
        "--samples",
        "0",
        "--only",
        "effort",
        "--out",
        str(blocked / "runs"),
    )
    assert done.exit_code == 2
    assert "Lead time of request" in done.output
    assert "could not be kept there" in done.output


def test_an_interrupted_analysis_tells_and_keeps_what_was_finished(command, files, tmp_path, monkeypatch):
    from sim.experiment.sensitivity import run

    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run._Errand, "_run_sample", interrupted)
    done = command(
        "sensitivity",
        str(files[0]),
        *FEW,
        "--samples",
        "32",
        "--only",
        "effort",
        "--out",
        str(tmp_path / "runs"),
    )
    assert done.exit_code == 130
    assert "INCOMPLETE: interrupted" in done.output
    (folder,) = (tmp_path / "runs").iterdir()
    assert json.loads((folder / "manifest.json").read_text())["complete"] is False
