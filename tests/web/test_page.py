"""The tuning page in a real browser: sliders, numbers, files, addresses, tabs."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sim
from sim.experiment.what_if import WhatIf, asking
from sim.web.page import app
from tests.report.office_programs import CHROMIUM
from tests.web.serving import Place, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="the page is looked at in Chromium (apt-get install chromium), driven by playwright",
)

BASE = """
name: Desk <script>document.title = 'broken'</script>
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
economics: {years: 1, discount_rate: 5%, freed_hours: 50%}
assumptions:
  returned: {value: 30%, range: [10%, 50%], source: "assumption & guess"}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams:
  desk:   {size: 2, cost: 40 per hour}
  review: {size: 1, cost: 60 per hour}
cases:
  ticket: {arrive: {rate: 8 per w}, flow: work}
flows:
  work:
    steps:
      do:    {team: desk, work: exponential mean 1 d}
      check: {team: review, work: exponential mean 3 h, then: {back: {p: $returned, go_to: do}, ok: rest}}
      close: {end: done}
"""
PATCH = """
patch: Robot check
changes: A robot checks in a minute.
base: base.yaml
economics: {costs: {robot: {amount: 1 k, source: assumption}}}
flows: {work: {steps: {check: {instead: {robot: {wait: 1 min, calendar: always, why: robot}}}}}}
"""

MOST = 16
LEAD_TIME = ".tile:has-text('Lead time, mean')"
DONE = "#status:has-text('done')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("page")
    (found / "base.yaml").write_text(BASE)
    (found / "robot.yaml").write_text(PATCH)
    return found


@pytest.fixture(scope="module")
def what_if(folder: Path) -> Iterator[WhatIf]:
    """Answers of few replications, so that each test can wait for the last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "LADDER", (2, 8, MOST))
        found = WhatIf(folder / "base.yaml", [folder / "robot.yaml"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def place(what_if: WhatIf) -> Iterator[Place]:
    with served(app(what_if)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    """A tab of its own; what went wrong in it, or left this machine, fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((place.listening.address, "data:", "blob:")):
            wrong.append(f"asked for {request.url}")

    page.on("request", asked)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    yield page
    context.close()
    assert not wrong


def opened(page: Page, place: Place, query: str = "") -> Page:
    page.goto(f"{place.listening.address}{query}")
    page.wait_for_selector(DONE)
    return page


def turned(page: Page, lever: str, value: float) -> None:
    page.fill(f"#{lever}-box", str(value))
    page.press(f"#{lever}-box", "Tab")


def finished(page: Page) -> None:
    """Until what is shown is of the setting, with all its replications."""
    page.wait_for_selector("#results:not(.is-stale)")
    page.wait_for_selector(DONE)


def lead_time(page: Page) -> list[str]:
    """Of today and here, as the page has them."""
    return re.findall(r"\d+\.\d+", page.inner_text(f"{LEAD_TIME} .value"))


def test_a_move_shows_new_numbers_beside_those_of_today(page: Page, place: Place) -> None:
    opened(page, place)
    (today,) = lead_time(page)
    turned(page, "size-desk-size", 3)
    page.wait_for_selector(f"{LEAD_TIME} .before")
    finished(page)
    before, here = lead_time(page)
    assert before == today
    assert float(here) < float(today)
    assert page.inner_text("#n-changed") == "· 1 not as today"
    assert "sure" in page.inner_text(LEAD_TIME)


def test_a_slider_is_moved_by_the_keyboard_and_put_back_by_its_button(page: Page, place: Place) -> None:
    opened(page, place)
    page.focus("#size-desk-size")
    page.keyboard.press("ArrowRight")
    assert page.input_value("#size-desk-size-box") == "3"
    finished(page)
    page.click("[data-name='desk.size'] .undo")
    finished(page)
    assert page.input_value("#size-desk-size-box") == "2"
    assert len(lead_time(page)) == 1


def test_the_saved_file_compares_to_the_numbers_of_the_page(page: Page, place: Place, folder: Path) -> None:
    opened(page, place)
    turned(page, "size-review-size", 2)
    page.click("text=Robot check")
    page.click("text=Save as scenario")
    finished(page)
    with page.expect_download() as download:
        page.click("#save:not(.disabled)")
    saved = folder / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.read_text() == page.inner_text("#file pre").rstrip("\n") + "\n"
    comparison = sim.compare(sim.load(folder / "base.yaml"), [sim.load(saved)], replications=MOST)
    (row,) = [row for row in comparison.differences if (row.metric, row.kind) == ("lead_time", "case")]
    assert row.interval.mean is not None
    hours = [row.baseline, row.baseline + row.interval.mean]
    assert [float(text) for text in lead_time(page)] == pytest.approx([h / 8 for h in hours], abs=0.051)


def test_the_address_is_the_setting(page: Page, place: Place) -> None:
    opened(page, place)
    page.click("summary:has-text('Assumptions')")
    turned(page, "assumption-returned", 10)
    page.click("text=Robot check")
    finished(page)
    shown, address = lead_time(page), page.url
    page.goto("about:blank")
    page.goto(address)
    finished(page)
    assert page.input_value("#assumption-returned-box") == "10"
    assert page.is_checked("[name='Robot check']")
    assert lead_time(page) == shown
    page.click("#reset")
    finished(page)
    assert page.url == place.listening.address
    assert len(lead_time(page)) == 1


@pytest.mark.parametrize("state", ["desk.size:99", "%ff%00<b>;"])
def test_a_bad_address_is_told_and_everything_is_as_today(page: Page, place: Place, state: str) -> None:
    opened(page, place, f"?s={state}")
    assert "everything is as today" in page.inner_text("body > .refusal")
    assert len(lead_time(page)) == 1


def test_of_many_moves_the_last_one_counts(page: Page, place: Place) -> None:
    opened(page, place)
    for size in (3, 4, 1, 4):
        page.evaluate(
            "size => {const each = document.getElementById('size-desk-size'); each.value = size;"
            "each.dispatchEvent(new Event('input', {bubbles: true}))}",
            size,
        )
        page.wait_for_timeout(200)
    finished(page)
    assert page.url.endswith("?s=desk.size:4")
    assert float(lead_time(page)[1]) < float(lead_time(page)[0])


def test_two_tabs_do_not_disturb_each_other(page: Page, place: Place, browser: Browser) -> None:
    opened(page, place)
    other = browser.new_context().new_page()
    opened(other, place)
    turned(page, "size-desk-size", 4)
    finished(page)
    assert len(lead_time(other)) == 1
    assert other.input_value("#size-desk-size-box") == "2"
    other.context.close()


def test_a_number_beyond_the_bounds_becomes_the_bound(page: Page, place: Place) -> None:
    opened(page, place)
    page.fill("#size-desk-size-box", "77")
    page.press("#size-desk-size-box", "Tab")
    finished(page)
    assert page.input_value("#size-desk-size-box") == "4"


def test_names_are_inert(page: Page, place: Place) -> None:
    opened(page, place)
    assert page.title() == "Desk <script>document.title = 'broken'</script>: tuning"
    page.click("summary:has-text('Assumptions')")
    assert "assumption & guess" in page.inner_text("#settings")


def test_a_narrow_screen_folds_the_controls_and_does_not_scroll_sideways(page: Page, place: Place) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, place, "?s=desk.size:3")
    page.wait_for_selector("#map svg")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not page.is_visible("#size-desk-size")
    page.click("text=What to change")
    assert page.is_visible("#size-desk-size")


def test_pictures_and_the_report_follow_the_numbers(page: Page, place: Place) -> None:
    opened(page, place, "?s=desk.size:3")
    page.wait_for_selector("#map svg")
    page.wait_for_selector("#frontier svg")
    with page.expect_download() as download:
        page.click("#report_file:not(.disabled)")
    report = Path(download.value.path()).read_text("utf-8")
    assert report.startswith("<!DOCTYPE html>")
    assert f"{MOST} replications" in report
