"""`sim check`, and the warnings that runs give, as a person meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.cli.check import page_width
from sim.cli.main import cli

SCENARIO = """
name: Two steps
clock: {start: 2027-01-04, horizon: 2 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerks: {size: 1}, experts: {size: 1}}
cases: {request: {arrive: {rate: 4 per d}, flow: handle}}
flows:
  handle:
    steps:
      register: {team: clerks, work: 1 h}
      solve: {team: experts, work: 150 min}
"""

PATCH = """
patch: One more expert
base: scenario.yaml
changes: The experts are two.
teams: {experts: {size: 2}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "patch.yaml").write_text(PATCH, encoding="utf-8")
    return tmp_path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def test_check_reads_the_file_back_with_its_warnings(folder: Path) -> None:
    result = call("check", folder / "scenario.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("Two steps: sound.")
    assert "experts, 2.5 h (adds value)" in result.stdout
    assert "(MORE THAN IT CAN DO)" in " ".join(result.stdout.split())
    assert re.search(r"scenario.yaml:5:\d+: teams.experts\n    It is asked for", result.stdout)


def test_check_of_a_patch_lists_old_and_new(folder: Path) -> None:
    result = call("check", folder / "patch.yaml")
    assert "teams.experts.size: 1 → 2" in result.stdout
    assert "WARNINGS" not in result.stdout


def test_the_page_is_as_wide_as_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, width in (("80", 80), ("40", 60), ("300", 120)):
        monkeypatch.setenv("COLUMNS", columns)
        assert page_width() == width
        lines = call("check", folder / "scenario.yaml").stdout.splitlines()
        texts = [line for line in lines if "scenario.yaml" not in line]  # a path is not broken
        assert max(map(len, texts)) <= width


def test_run_and_compare_tell_warnings_in_short_on_stderr(folder: Path) -> None:
    options = ("-n", 1, "--jobs", 1, "--out", folder / "results")
    found = call("run", folder / "scenario.yaml", *options)
    assert found.exit_code == 0
    assert "Two steps: warnings (overload); `sim check` tells them in full" in found.stderr
    assert "warnings" not in found.stdout
    found = call("compare", folder / "scenario.yaml", folder / "patch.yaml", *options)
    assert "Two steps: warnings (overload)" in found.stderr
    assert "One more expert: warnings" not in found.stderr


def test_the_first_steps_show_what_check_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "first-steps.md").read_text(encoding="utf-8")
    base, patch = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[:2]
    (tmp_path / "support.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "form.yaml").write_text(patch, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "100")
    shown = dict(re.findall(r"```text\n\$ sim check (\S+)\n(.*?)```", page, re.DOTALL))
    assert call("check", tmp_path / "support.yaml").stdout == shown["support.yaml"]
    assert call("check", tmp_path / "form.yaml").stdout.endswith(shown["form.yaml"].removeprefix("...\n"))
