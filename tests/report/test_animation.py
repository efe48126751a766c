"""The animation: its numbers are those of the facts, and the page draws them and nothing else."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.charts.value_stream_map.figures import PARTS
from sim.errors import RunError
from sim.metrics.view import view
from sim.records import Facts, SpanState
from sim.report import read_run
from sim.report.animation import Animation, Wanted, animation, animations
from sim.report.animation import movements as moving
from sim.report.animation.movements import TICK_MS, WEEK_MS, Movements
from sim.report.animation.page import in_script, packed, render
from sim.scenario.load import load, load_beside

from .conftest import Kept, keep
from .office_programs import CHROMIUM, needs_chromium
from .test_in_chromium import asked_for

TICKS = (0, 1, 333, 1999, 4000, 7777, 9119)


@pytest.fixture(scope="module")
def shown(compared: Kept) -> Animation:
    """Four weeks of the baseline."""
    return animation(read_run(compared.folder), Wanted(weeks=4, first_week=3))


@pytest.fixture(scope="module")
def facts(shown: Animation) -> Facts:
    """What was replayed."""
    return shown.result.replay(shown.replication)


def instant_of(moves: Movements, tick: int) -> int:
    """The first open instant with so many minutes of business time since the stretch began."""
    business = moves.stretch.plan.calendars[moves.stretch.plan.business]
    begin = moves.stretch.begin
    reached = business.add(begin, tick * TICK_MS) if tick else begin
    return reached if business.is_open(reached) else business.next_opening(reached)


@pytest.mark.parametrize("tick", TICKS)
def test_at_every_tick_the_cases_inside_are_those_of_the_facts(shown, facts, tick):
    moves, now = shown.moves, instant_of(shown.moves, tick)
    inside = sum(row.arrive <= now and not 0 <= row.leave <= now for row in facts.cases)
    done = [row for row in facts.cases if moves.stretch.begin <= row.leave <= now]
    assert inside > 0
    assert np.sum(moves.arrive <= tick) - np.sum(moves.leave <= tick) == inside
    assert np.sum(moves.leave <= tick) == len(done)
    plan = shown.result.plan
    business = plan.calendars[plan.business]
    leads = sum(business.open_between(row.arrive, row.leave) // TICK_MS for row in done)
    assert moves.lead[moves.leave <= tick].sum() == leads


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("flow", ["request", "prepare"])
def test_at_every_tick_each_station_has_the_dots_that_the_spans_say(compared, facts, tick, flow):
    shown = animation(read_run(compared.folder), Wanted(flow=flow, weeks=4, first_week=3))
    now = instant_of(shown.moves, tick)
    steps = [row.name for row in shown.result.plan.steps]
    expected = Counter(
        (steps[span.step] if span.step >= 0 else "(before)", span.state == SpanState.WORK)
        for span in facts.spans
        if span.begin <= now < span.end
        and (flow == "request" or (span.step >= 0 and steps[span.step] in ("register", "check")))
    )
    found = Counter(
        (shown.moves.stations[station].rpartition("/")[2], bool(is_work))
        for station, is_work in shown.moves.at(tick)[:, 3:5].tolist()
    )
    assert found == expected


def test_the_time_of_each_class_is_that_of_the_accounts(shown, facts):
    whole = moving.replayed(
        view(facts, shown.result.plan), _stations(shown), shown.of, weeks=200, first_week=0
    )
    plan, rows = shown.result.plan, whole.stays
    seen = view(facts, plan)
    in_window = np.zeros(11)
    np.add.at(in_window, rows[:, 5], (rows[:, 1] - rows[:, 0]) * TICK_MS)
    inside = seen.arrive >= plan.warm_up
    account = seen.account[inside].sum(axis=0)
    begun = np.isin(whole.case_of_dot[rows[:, 2]], np.flatnonzero(inside))
    mine = np.zeros(11)
    np.add.at(mine, rows[begun, 5], (rows[begun, 1] - rows[begun, 0]) * TICK_MS)
    # a stay is cut to whole minutes at both its ends
    assert np.all(np.abs(mine - account) <= TICK_MS * len(rows))
    assert mine.sum() == pytest.approx(account.sum(), rel=0.001)


def _stations(shown: Animation) -> Any:
    from sim.charts.value_stream_map import value_stream_places

    return value_stream_places(shown.result, shown.of)[0].stations()


def test_openings_tell_the_date_of_a_tick(shown):
    for tick, instant in shown.moves.stretch.openings():
        if tick < shown.moves.stretch.n_ticks:
            assert instant_of(shown.moves, tick) == instant


def test_what_is_packed_can_be_unpacked(shown):
    data = json.loads(in_script(packed(shown)))
    stays = shown.moves.stays
    assert np.array_equal(np.cumsum(data["begin"]), stays[:, 0])
    assert np.array_equal(np.cumsum(data["begin"]) + data["length"], stays[:, 1])
    assert np.array_equal(np.array(data["place"]) // 2, stays[:, 3])
    assert sum(data["arrive"]) == shown.moves.arrive.max()


def test_the_same_folder_gives_the_same_page(compared, shown):
    again = animation(read_run(compared.folder), Wanted(weeks=4, first_week=3))
    assert render(again) == render(shown)


def test_without_weeks_as_many_are_shown_as_fit(compared, monkeypatch):
    monkeypatch.setattr(moving, "MOST_STAYS", 500)
    found = animation(read_run(compared.folder)).moves
    assert 0 < len(found.stays) <= 500
    assert found.stretch.end - found.stretch.begin < 26 * WEEK_MS


def test_too_many_weeks_are_refused_with_a_number_that_fits(compared, monkeypatch):
    monkeypatch.setattr(moving, "MOST_STAYS", 500)
    with pytest.raises(
        RunError, match=r"movements in 26 weeks are too many .* holds 500: .*--weeks \d+"
    ) as no:
        animation(read_run(compared.folder), Wanted(weeks=26))
    fits = int(re.findall(r"--weeks (\d+)", str(no.value))[0])
    assert len(animation(read_run(compared.folder), Wanted(weeks=max(1, fits - 1))).moves.stays) <= 500


NAMES = ("Small office", "A form that checks itself")


def test_several_scenarios_show_the_same_weeks_on_one_clock(compared, monkeypatch):
    stored = read_run(compared.folder)
    alone = [animation(stored, Wanted(scenario=name, weeks=4)) for name in NAMES]
    both = animations(stored, Wanted(weeks=4), NAMES)
    assert [each.result.name for each in both] == list(NAMES)
    for one, same in zip(alone, both, strict=True):
        assert np.array_equal(one.moves.stays, same.moves.stays)
    # the same cases come in both, since their luck is the same
    coming = [each.moves.arrive[each.moves.arrive > 0].tolist() for each in both]
    assert coming[0] == coming[1] != []
    assert len(both[0].moves.stays) != len(both[1].moves.stays)
    monkeypatch.setattr(moving, "MOST_STAYS", 1000)
    fitted = animations(stored, Wanted(), NAMES)
    assert {each.moves.stretch.weeks for each in fitted} < {*range(1, 26)}
    assert max(len(each.moves.stays) for each in fitted) <= 500


def test_scenarios_of_other_hours_are_refused_on_one_clock(files, tmp_path):
    office = files / "office.yaml"
    early = files / "early.yaml"
    early.write_text(
        "patch: Early\nbase: office.yaml\nchanges: Hours.\n"
        "calendars: {office: {days: Mon-Fri, hours: 08:00-16:00, holidays: US}}\n",
        encoding="utf-8",
    )
    kept = keep(tmp_path, [load(office), load_beside(office, early)], replications=1)
    with pytest.raises(RunError, match=r"Small office and Early do not work at the same .*one at a time"):
        animations(read_run(kept.folder), Wanted(weeks=1), ["Small office", "Early"])


def test_a_page_has_room_for_four_scenarios(compared):
    with pytest.raises(RunError, match="found 5 scenarios; a page has room for 4"):
        animations(read_run(compared.folder), Wanted(), ["Small office"] * 5)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(scenario="Nobody"), "no scenario of this run is called 'Nobody'. There are: 'Small office'"),
        (Wanted(flow="nothing"), "neither a case type nor a flow called 'nothing'. Case types: 'request'"),
        (Wanted(replication=99), "no replication 99; it has 0 to 2"),
        (Wanted(first_week=500), "the run has the weeks 0 to 104"),
    ],
)
def test_what_is_not_in_the_run_is_refused_with_what_is(compared, wanted, says):
    with pytest.raises(RunError, match=re.escape(says)):
        animation(read_run(compared.folder), wanted)


HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def hostile(files: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run whose scenario is called something that would be markup."""
    path = files / "hostile.yaml"
    text = (files / "office.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("name: Small office", f"name: '{HOSTILE}'"), encoding="utf-8")
    kept = keep(tmp_path_factory.mktemp("hostile"), [load(path)], replications=1, keep_cases=False)
    return render(animation(read_run(kept.folder), Wanted(weeks=1)))


def test_names_are_text_whatever_they_say(hostile):
    assert hostile.count("<script") == 2 and "<img" not in hostile
    assert html.escape("<img src=x onerror=alert(1)>") in hostile


def test_no_character_of_json_means_anything_to_html():
    value = ["</script><!--", "a & b", "\u2028"]
    text = in_script(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_the_page_names_no_address(shown):
    addresses = set(re.findall(r"https?://[^\"' ]+", render(shown)))
    assert addresses <= {"http://www.w3.org/2000/svg"}


# --- in a browser


def browsed(page: Path, fragment: str, *options: str) -> tuple[str, list[str]]:
    """The document after its script has run, and what the browser's console says."""
    assert CHROMIUM is not None
    profile = page.parent / f"profile{fragment.strip('#=')}"
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--enable-logging=stderr",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=3000",
            *options,
            "--dump-dom",
            f"{page.as_uri()}{fragment}",
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    shutil.rmtree(profile, ignore_errors=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def written(dom: str, key: str) -> str:
    """The text of an element."""
    (found,) = re.findall(rf'id="{key}"[^>]*>([^<]*)<', dom)
    return str(found)


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_a_browser_draws_as_many_dots_as_the_data_say_and_complains_of_nothing(shown, tmp_path):
    page = tmp_path / "animation.html"
    page.write_text(render(shown), encoding="utf-8")
    tick = 4000
    dom, console = browsed(page, f"#at={tick}")
    assert console == []
    here = shown.moves.at(tick)
    assert dom.count('class="dot"') == len(here) > 3
    assert int(written(dom, "inside-0")) == np.sum(shown.moves.arrive <= tick) - np.sum(
        shown.moves.leave <= tick
    )
    for index in range(len(shown.moves.stations)):
        if f'id="w0-{index}"' in dom:
            mine = here[here[:, 3] == index]
            assert int(written(dom, f"w0-{index}")) == np.sum(mine[:, 4] == 0)
            assert int(written(dom, f"b0-{index}")) == np.sum(mine[:, 4] == 1)


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_a_browser_draws_each_scenario_at_the_same_moment(compared, tmp_path):
    both = animations(read_run(compared.folder), Wanted(weeks=4, first_week=3), NAMES)
    page = tmp_path / "both.html"
    page.write_text(render(both), encoding="utf-8")
    tick = 4000
    dom, console = browsed(page, f"#at={tick}")
    assert console == []
    for index, (name, shown) in enumerate(zip(NAMES, both, strict=True)):
        assert f'<h2><bdi dir="auto">{name}</bdi></h2>' in dom
        inside = np.sum(shown.moves.arrive <= tick) - np.sum(shown.moves.leave <= tick)
        assert int(written(dom, f"inside-{index}")) == inside
        layer = re.findall(rf'<g id="dots-{index}".*?</g>', dom, re.DOTALL)[0]
        assert layer.count('class="dot"') == len(shown.moves.at(tick))
    assert len(re.findall(r'id="([^"]*)"', dom)) == len(set(re.findall(r'id="([^"]*)"', dom)))


DRIVER = """
<script>
const press = (key, shiftKey) =>
  document.dispatchEvent(new KeyboardEvent("keydown", {key, shiftKey, bubbles: true}));
const told = [];
const dots = () => document.querySelectorAll(".dot").length;
const tell = () => told.push([document.getElementById("date").textContent, dots()]);
const cause = document.getElementById("cause");
tell();
press("ArrowRight"); tell();
press("ArrowRight", true); tell();
press("Home"); tell();
press("End"); tell();
const wanted = [...cause.options].map((option) => option.value);
const counts = wanted.map((value) => {
  cause.value = value;
  cause.dispatchEvent(new Event("change"));
  return [value, dots()];
});
press(" ");
document.body.append(JSON.stringify({told, counts, play: document.getElementById("play").textContent}));
</script></body>"""


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_keys_move_time_and_the_filter_shows_only_what_waits_for_that(shown, tmp_path):
    page = tmp_path / "driven.html"
    policy = re.compile(r"script-src 'sha256-[^']*'")
    text = policy.sub("script-src 'unsafe-inline'", render(shown)).replace("</body>", DRIVER)
    page.write_text(text, encoding="utf-8")
    dom, console = browsed(page, "#at=0")
    assert console == []
    found = json.loads(re.findall(r"(\{&quot;told.*\}|\{\"told.*\})", dom)[-1].replace("&quot;", '"'))
    last, day = shown.moves.stretch.n_ticks - 1, 480
    assert [n for _, n in found["told"]] == [len(shown.moves.at(tick)) for tick in (0, day, 6 * day, 0, last)]
    assert [when for when, _ in found["told"]][:4] == [
        "Mon 2027-01-25 09:00",
        "Tue 2027-01-26 09:00",
        "Tue 2027-02-02 09:00",
        "Mon 2027-01-25 09:00",
    ]
    here = shown.moves.at(last)
    for value, n in found["counts"]:
        kind, _, which = value.partition(":")
        if kind == "class":
            assert n == np.sum(here[:, 5] == int(which))
        elif kind == "work":
            assert n == np.sum(here[:, 4] == 1)
        elif kind == "part":
            assert n == np.isin(here[:, 5], PARTS[which]).sum()
        else:
            assert n == len(here)
    assert found["play"] == "Pause"


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
@pytest.mark.parametrize(("options", "word"), [((), "Pause"), (("--force-prefers-reduced-motion",), "Play")])
def test_it_plays_by_itself_unless_motion_is_unwanted(hostile, tmp_path, options, word):
    page = tmp_path / "hostile.html"
    page.write_text(hostile, encoding="utf-8")
    dom, console = browsed(page, "", *options)
    assert console == []
    assert written(dom, "play") == word
    assert "<title>owned" not in dom


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_the_browser_asks_nobody_for_anything_while_it_plays(shown, tmp_path):
    page = tmp_path / "animation.html"
    page.write_text(render(shown), encoding="utf-8")
    assert asked_for(page, tmp_path) == []


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_the_page_lets_nothing_be_loaded(shown, tmp_path):
    page = tmp_path / "loading.html"
    text = render(shown).replace("</main>", '<img src="http://localhost:9/a.png"></main>')
    page.write_text(text, encoding="utf-8")
    _, console = browsed(page, "#at=5")
    assert any("Content Security Policy" in line for line in console)


def test_a_stretch_in_which_nobody_comes_is_a_page_without_dots(files, tmp_path):
    path = files / "quiet.yaml"
    text = (files / "office.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("rate: 1 per d", "at: [2028-06-01 10:00]"), encoding="utf-8")
    kept = keep(tmp_path, [load(path)], replications=1)
    quiet = animation(read_run(kept.folder), Wanted(weeks=2))
    assert len(quiet.moves.stays) == len(quiet.moves.arrive) == 0
    page = render(quiet)
    assert 'id="dots-0"' in page and "No case is here in these weeks" in page
