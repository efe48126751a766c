"""The tuning page by its socket: what no page would send, and tabs that come and go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from sim.experiment.what_if import WhatIf, asking
from sim.experiment.what_if.variant import Variant
from sim.web import pictures
from sim.web.page import app
from tests.web.serving import Place, Tab, served

BASE = """
name: One desk
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}}
cases: {ticket: {arrive: {rate: 3 per d}, flow: work}}
flows: {work: {steps: {look: {team: desk, work: exponential mean 2 h}}}}
"""


@pytest.fixture(scope="module")
def what_if(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhatIf]:
    path = tmp_path_factory.mktemp("sockets") / "base.yaml"
    path.write_text(BASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "LADDER", (2, 4))
        patch.setattr(pictures.Painter, "draw", lambda *_: pictures.Pictures())  # they take seconds
        yield WhatIf(path, jobs=1)


@pytest.fixture(scope="module")
def tuning(what_if: WhatIf) -> Iterator[Place]:
    with served(app(what_if)) as found:
        yield found


@pytest.mark.parametrize(
    "settings",
    [
        7,
        "x" * 10_000,
        [[[]]],
        {"values": {"desk.size": 1e300}, "patches": []},
        {"values": {"desk.size": -1}, "patches": []},
        {"values": {"desk.size": None}, "patches": []},
        {"values": {"__class__": 1}, "patches": []},
        {"values": {}, "patches": ["../../../etc/passwd"]},
        {"values": {"<script>alert(1)</script>": 1}},
        {"values": {"desk.size": {"values": {}}}},
    ],
    ids=lambda settings: str(settings)[:40],
)
def test_a_setting_that_no_page_would_send_is_told_so_and_the_tab_goes_on(
    tuning: Place, settings: object
) -> None:
    tab = Tab(tuning)
    tab.begin("figures", settings=settings)
    told = tab.value("figures")
    assert "refusal" in told and "<script" not in told and "root:" not in told
    tab.say(method="update", data={"settings": {"values": {"desk.size": 3}, "patches": []}})
    assert "Lead time" in tab.value("figures", like="Lead time")
    tab.close()


def test_a_tab_that_is_closed_leaves_no_work_behind(what_if: WhatIf, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def run(variant: Variant, number: int) -> None:
        begun.append(variant.plan.name)
        time.sleep(0.01)

    path = what_if.file
    monkeypatch.setattr(Variant, "run", run)
    monkeypatch.setattr(asking, "LADDER", (300,))
    busy = WhatIf(path, jobs=1)
    with served(app(busy)) as place:
        tab = Tab(place)
        tab.begin("figures", settings={"values": {"desk.size": 4}, "patches": []})
        wait_until(lambda: "One desk, changed" in begun)
        tab.close()
        time.sleep(0.5)
        n = begun.count("One desk, changed")
        time.sleep(0.5)
        assert begun.count("One desk, changed") == n
        busy.close()


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
