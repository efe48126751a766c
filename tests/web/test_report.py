"""The report of a setting is that of a run folder, and says the numbers of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.what_if import Settings, WhatIf
from sim.report.stored import read_run
from sim.web.report import report

BASE = """
name: One desk
currency: USD
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
economics: {years: 1}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 1, cost: 40 per hour}}
cases: {ticket: {arrive: {rate: 3 per d}, flow: work}}
flows: {work: {steps: {look: {team: desk, work: exponential mean 2 h}}}}
"""


@pytest.fixture(autouse=True)
def _title_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing a page takes seconds; what is on one is tested where pages are made."""
    monkeypatch.setattr("sim.web.report.render", lambda document: document.title)


@pytest.fixture
def what_if(tmp_path: Path) -> WhatIf:
    (tmp_path / "base.yaml").write_text(BASE)
    return WhatIf(tmp_path / "base.yaml", jobs=1)


def test_the_report_of_a_setting_compares_it_with_today(what_if: WhatIf, tmp_path: Path) -> None:
    settings = what_if.checked({"values": {"desk.size": 2}})
    page = report(what_if, settings, tmp_path / "out", replications=3)
    stored = read_run(page.parent)
    assert [each.name for each in stored.results] == ["One desk", "One desk, changed"]
    assert stored.scenarios[1].file.teams["desk"].size == 2
    assert stored.manifest.command == f"sim serve {tmp_path / 'base.yaml'}"
    asked = what_if.comparison(settings, 3)
    assert stored.comparison is not None
    told = {(row.metric, row.kind, row.of): row.interval for row in stored.comparison.differences}
    assert {(row.metric, row.kind, row.of): row.interval for row in asked.differences} == told
    assert page.read_text(encoding="utf-8") == "One desk, changed, compared with One desk"
    assert [path.name for path in (tmp_path / "out").iterdir()] == [page.parent.name]


def test_the_report_of_today_is_that_of_one_scenario(what_if: WhatIf, tmp_path: Path) -> None:
    page = report(what_if, Settings(), tmp_path / "out", replications=2)
    stored = read_run(page.parent)
    assert [each.name for each in stored.results] == ["One desk"] and stored.comparison is None
