"""`sim verify` on the command line: table, document, exit code."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sim.cli.main import cli
from sim.experiment import verification
from sim.experiment.verification.findings import Check, Line, near, same

GOOD = Check("good", lambda bench: [same("ones", 1, 1), near("halves", 0.51, 0.5, 0.02)])
BAD = Check("bad", lambda bench: [near("thirds [h]", 0.5, 1 / 3, 0.01, "theory lies outside the interval")])
NONE = Check("alone", lambda bench: [Line("two engines", "simpy", "another", 0.0, None, "one engine only")])
BROKEN = Check("broken", lambda bench: [same("infinite", float("inf"), 1.0)])


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Call `sim verify` with these checks, in an empty folder."""

    def call(checks, *arguments):
        monkeypatch.setattr(verification, "all_checks", lambda: tuple(checks))
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(cli, ["verify", *arguments])
        assert list(tmp_path.iterdir()) == []
        return result

    return call


def test_all_that_passes_ends_with_exit_code_0(command):
    result = command([GOOD, NONE])
    assert result.exit_code == 0
    assert "All passed" in result.stdout
    assert "one engine only" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 100


def test_what_fails_is_named_and_ends_with_exit_code_1(command):
    result = command([GOOD, BAD])
    assert result.exit_code == 1
    assert "FAILED: bad." in result.stdout
    assert "bad: thirds [h]: theory lies outside the interval" in result.stdout
    row = next(line for line in result.stdout.splitlines() if "thirds" in line)
    assert row.split() == ["thirds", "[h]", "0.5", "0.33333", "±", "0.01", "FAILED"]


def test_the_document_holds_every_number_unrounded(command):
    result = command([GOOD, BAD], "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["passed"] is False and document["engine"] == "auto"
    assert [check["passed"] for check in document["checks"]] == [True, False]
    (line,) = document["checks"][1]["lines"]
    assert (line["found"], line["expected"], line["tolerance"]) == (0.5, 1 / 3, 0.01)
    assert line["verdict"] == "FAILED"


def test_the_document_stays_json_where_a_figure_is_infinite(command):
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    result = command([BROKEN], "--json")
    document = json.loads(result.stdout, parse_constant=refuse)
    assert document["checks"][0]["lines"][0]["found"] is None


def test_an_engine_that_is_none_is_the_users_mistake(command):
    result = command([GOOD], "--engine", "warp")
    assert result.exit_code == 2
    assert "no engine is called 'warp'" in result.stderr
