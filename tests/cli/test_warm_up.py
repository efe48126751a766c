"""`sim warm-up`, and runs with another warm-up than the file's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SLOW = """
name: slow
clock: {start: 2027-01-04, horizon: 60 days, business: always}
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows: {f: {steps: {s: {team: many, work: exponential mean 50 h}}}}
"""


@pytest.fixture
def slow(office: Path) -> Path:
    path = office / "slow.yaml"
    path.write_text(SLOW, encoding="utf-8")
    return path


def warm_up_of(office: Path) -> str:
    (folder,) = (office / "results").iterdir()
    (text,) = (path.read_text("utf-8") for path in (folder / "scenarios").iterdir())
    return next(line.split(":")[1].strip() for line in text.splitlines() if "warm_up" in line)


def test_the_command_says_what_to_write_into_the_file(command, slow):
    result = command("warm-up", str(slow), "--replications", "2")
    assert result.exit_code == 0
    days = int(result.stdout.split("warm_up: ")[1].split()[0])
    assert 4 <= days <= 30
    assert "(now: 0 days)" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    document = json.loads(command("warm-up", str(slow), "--replications", "2", "--json").stdout)
    assert document["warm_up_days"] == days and document["settles"] is True
    assert len(document["types"][0]["inside"]) == 1_000


def test_the_picture_is_drawn_on_request_only(command, slow, office):
    command("warm-up", str(slow), "--replications", "1")
    assert not list(office.glob("*.png"))
    command("warm-up", str(slow), "--replications", "1", "--picture", "w.png")
    assert (office / "w.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_keeps_the_files_warm_up_unless_asked(command, slow, office):
    command("run", str(slow), "--replications", "1")
    (folder,) = (office / "results").iterdir()
    assert "warm_up" not in (folder / "scenarios" / "slow.yaml").read_text("utf-8")


def test_auto_runs_with_the_warm_up_that_is_found_and_keeps_it(command, slow, office):
    result = command("run", str(slow), "--replications", "1", "--warm-up", "auto")
    assert result.exit_code == 0
    said = next(line for line in result.stderr.splitlines() if line.startswith("warm-up: "))
    assert said.endswith("[MSER-5], by c of slow")
    assert warm_up_of(office) == said.removeprefix("warm-up: ").split(" [")[0]


def test_a_length_is_taken_as_it_is(command, slow, office):
    assert command("run", str(slow), "--replications", "1", "--warm-up", "9 days").exit_code == 0
    assert warm_up_of(office) == "9 days"


def test_a_comparison_runs_all_with_the_longest(command, slow):
    quick = slow.with_name("quick.yaml")
    quick.write_text(SLOW.replace("slow", "quick").replace("50 h", "1 h"), "utf-8")
    result = command("compare", str(quick), str(slow), "--replications", "2", "--warm-up", "auto")
    assert result.exit_code == 0, result.output
    assert "by c of slow" in result.stderr


def test_where_nothing_is_stable_a_warning_is_given(command, slow):
    slow.write_text(SLOW.replace("unlimited", "1"), "utf-8")
    result = command("run", str(slow), "--replications", "1", "--warm-up", "auto")
    assert "warm-up: 30 days" in result.stderr
    assert "WARNING, slow: no usual number of c cases is seen within the pilot" in result.stderr
