"""`sim report`: what it writes, and what it refuses without writing."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def run(command, office: Path) -> Path:
    """A run folder."""
    assert command("compare", "office.yaml", "form.yaml", "-n", "2").exit_code == 0
    (folder,) = (office / "results").iterdir()
    return folder


def test_the_page_goes_into_the_run_folder_and_is_written_over(command, run):
    before = {path.name for path in run.iterdir()}
    first = command("report", str(run))
    assert first.exit_code == 0 and "report.html" in first.output
    page = (run / "report.html").read_bytes()
    (run / "report.html").write_text("old")
    assert command("report", str(run)).exit_code == 0
    assert (run / "report.html").read_bytes() == page
    assert {path.name for path in run.iterdir()} == before | {"report.html"}


def test_the_page_goes_where_it_is_told(command, run, office):
    assert command("report", str(run), "--out", "page.html").exit_code == 0
    assert b"A form that checks itself" in (office / "page.html").read_bytes()
    assert not (run / "report.html").exists()


@pytest.mark.parametrize(
    ("out", "says"),
    [("page.pdf", "end its name with .html"), ("nowhere/page.html", "there is no folder nowhere")],
)
def test_another_place_is_refused_before_any_work(command, run, office, out, says):
    result = command("report", str(run), "--out", out)
    assert result.exit_code == 2 and says in result.output
    assert not (office / out).exists()


def test_a_folder_of_something_else_is_refused_and_nothing_is_written(command, office, monkeypatch, capsys):
    from sim.cli.main import main

    monkeypatch.setattr("sys.argv", ["sim", "report", str(office)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "this is no run folder of sim" in capsys.readouterr().err
    assert not (office / "report.html").exists()


def test_a_folder_that_cannot_be_written_to_names_a_way_out(command, run, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = command("report", str(run))
    assert result.exit_code == 2
    assert "No space left on device" in result.output and "--out" in result.output
    assert not [path for path in run.iterdir() if "report" in path.name]


def test_office_files_stand_beside_the_page(command, run, office):
    result = command("report", str(run), "--out", "page.html", "--xlsx", "--pptx")
    assert result.exit_code == 0, result.output
    assert {path.name for path in office.glob("page.*")} == {"page.html", "page.xlsx", "page.pptx"}


def test_without_a_browser_no_pdf_and_no_page_is_written(run, office, monkeypatch, capsys):
    import shutil

    from sim.cli.main import main

    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["sim", "report", str(run), "--pdf"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "no Chromium is on the PATH" in capsys.readouterr().err
    assert not (run / "report.html").exists()
