"""`sim animate`: what it writes, and what it refuses without writing."""

from __future__ import annotations

import pytest


@pytest.fixture
def run(command, office):
    """A run folder."""
    assert command("compare", "office.yaml", "form.yaml", "-n", "1").exit_code == 0
    (folder,) = (office / "results").iterdir()
    return folder


def test_the_page_goes_into_the_run_folder_or_where_it_is_told(command, run, office):
    first = command("animate", str(run), "--weeks", "2")
    assert first.exit_code == 0 and "animation.html" in first.output
    page = (run / "animation.html").read_bytes()
    again = command("animate", str(run), "--weeks", "2", "--out", "page.html", "--scenario", "Small office")
    assert again.exit_code == 0 and (office / "page.html").read_bytes() == page
    other = command("animate", str(run), "--scenario", "A form that checks itself", "--flow", "prepare")
    assert other.exit_code == 0
    assert b"prepare</bdi> in" in (run / "animation.html").read_bytes()
    assert "shown: prepare in A form that checks itself, replication 0, 26 weeks of 53" in other.stderr
    assert "--scenario also takes 'Small office'" in other.stderr


def test_several_scenarios_stand_above_each_other(command, run):
    names = ("--scenario", "Small office", "--scenario", "A form that checks itself")
    done = command("animate", str(run), "--weeks", "2", *names)
    assert done.exit_code == 0, done.output
    assert b"in 2 scenarios, replayed on one clock" in (run / "animation.html").read_bytes()
    assert "also takes" not in done.stderr


def test_another_kind_of_file_is_refused_before_any_work(command, run, office):
    result = command("animate", str(run), "--out", "film.mp4")
    assert result.exit_code == 2 and "end its name with .html" in result.output


def test_a_folder_of_something_else_is_refused_and_nothing_is_written(command, office, monkeypatch, capsys):
    from sim.cli.main import main

    monkeypatch.setattr("sys.argv", ["sim", "animate", str(office)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "this is no run folder of sim" in capsys.readouterr().err
    assert not (office / "animation.html").exists()
