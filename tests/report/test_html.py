"""The page says what the figures say, loads nothing, and takes any name for what it is: text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report.answer import _value_text
from sim.report.document import Document, document
from sim.report.html import inline_svg, render, told
from sim.report.stored import read_run
from sim.report.words import named, plain
from sim.scenario.load import load

from .conftest import OFFICE, Kept, keep

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Outline(HTMLParser):
    """What a browser or a screen reader would find in a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def every(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def compared_document(compared: Kept) -> Document:
    return document(read_run(compared.folder))


@pytest.fixture(scope="module")
def page(compared_document: Document) -> str:
    return render(compared_document)


def page_of(kept: Kept) -> str:
    return render(document(read_run(kept.folder)))


def test_the_same_folder_gives_the_same_bytes(compared: Kept, page: str) -> None:
    assert page_of(compared) == page


def test_the_first_screen_has_the_figures_of_the_comparison(compared: Kept, page: str) -> None:
    assert compared.comparison is not None
    appraisal = compared.comparison.appraisals[0]
    assert appraisal is not None and appraisal.npv.mean is not None and appraisal.roi is not None
    text = Outline(page).text.split("The scenarios")[0]
    (lead,) = [
        row
        for row in compared.comparison.differences
        if (row.scenario, row.metric, row.kind) == ("A form that checks itself", "lead_time", "case")
    ]
    assert f"{lead.baseline / 8:.2f} →" in text
    assert f"{(lead.baseline + (lead.interval.mean or 0)) / 8:.2f}" in text
    assert f"{appraisal.npv.mean / 1e3:,.0f} k EUR" in text
    assert f"{100 * (appraisal.roi.mean or 0):,.0f} %" in text
    for word in ("Break-even", "The decision asked for", "Payback", "Process efficiency"):
        assert word in text


def test_the_cash_table_sums_up_to_the_appraisal(compared: Kept, compared_document: Document) -> None:
    assert compared.comparison is not None
    by_name = dict(
        zip((each.name for each in compared.comparison.others), compared.comparison.appraisals, strict=True)
    )
    assert len(compared_document.cases) == 2
    for case in compared_document.cases:
        appraisal = by_name[case.name]
        assert appraisal is not None
        assert case.table.net.present_value == pytest.approx(appraisal.npv.mean)
        assert case.table.costs[-1].present_value == pytest.approx(appraisal.pv_costs.mean)
        assert case.table.benefits[-1].present_value == pytest.approx(appraisal.pv_benefits.mean)
        mean = appraisal.mean_case
        assert case.table.net.total == pytest.approx(
            sum(mean.adjusted_flows) - sum(amount for _, amount in mean.adjusted_investments)
        )
        assert case.table.cumulative[-1] == pytest.approx(case.table.net.total)


def test_what_is_paid_once_later_stands_in_its_year(compared_document: Document) -> None:
    case = next(each for each in compared_document.cases if each.name == "A form that checks itself")
    (form,) = [row for row in case.table.costs if "form" in row.label]
    # 5 k, half now and half after 6 months, and 100 a month from then on; 5 % are put on
    assert form.initial == pytest.approx(2500 * 1.05)
    assert form.years == pytest.approx(((2500 + 600) * 1.05, 1200 * 1.05))


def test_every_assumption_stands_with_value_range_and_source(page: str) -> None:
    text = Outline(page).text
    assert "wrong rate 20% 5% to 40% assumption; counted by hand in May" in text
    assert "cost: form only in" in text and "an offer" in text
    assert "taken off benefits for risk 10%" in text


def test_the_page_tells_how_to_repeat_the_run(compared: Kept, page: str) -> None:
    text = Outline(page).text
    manifest = read_run(compared.folder).manifest
    assert manifest.command in text and f"numpy {manifest.versions['numpy']}" in text
    assert all(each.sha256 in text for each in manifest.scenarios)


def test_headings_are_in_order_and_tables_have_heads(page: str) -> None:
    found = Outline(page)
    assert found.open == []
    assert found.headings[0] == 1 and found.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(found.headings, found.headings[1:], strict=False))
    assert all(head.get("scope") in ("row", "col") for head in found.every("th"))
    assert len(found.every("main")) == 1 and found.every("html")[0]["lang"] == "en"


def test_charts_have_their_finding_as_text(page: str) -> None:
    charts = Outline(page).every("svg")
    assert len(charts) >= 2
    assert all(each["role"] == "img" and len(each["aria-label"] or "") > 20 for each in charts)


def test_names_in_charts_are_unique_in_the_page_and_found(page: str) -> None:
    names = [attributes["id"] for _, attributes in Outline(page).tags if "id" in attributes]
    assert len(names) == len(set(names))
    asked = set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page))
    asked |= set(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page))
    assert asked <= set(names)


def test_nothing_is_loaded_and_no_script_runs(page: str) -> None:
    found = Outline(page)
    assert not {"script", "iframe", "object", "embed", "img", "form"} & {tag for tag, _ in found.tags}
    links = [value for _, attributes in found.tags for key, value in attributes.items() if key in LOADING]
    assert {(link or "").split(",")[0].partition("#")[0] for link in links} <= {
        "",
        "data:",
        "data:image/png;base64",
    }
    assert not re.findall(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


LOADING = ("href", "xlink:href", "src", "srcset", "action", "background", "data", "poster")

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "=HYPERLINK('http://example.org')",
    "x" * 300,
    "مسار القيمة",
    "a\u202eb",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_is_text(name: str, files: Path, tmp_path: Path) -> None:
    quoted = '"' + name.replace('"', '\\"') + '"'
    path = tmp_path / "hostile.yaml"
    path.write_text(
        OFFICE.replace("name: Small office", f"name: {quoted}").replace(
            "summary: Requests are registered by hand.", f"summary: {quoted}"
        ),
        encoding="utf-8",
    )
    kept = keep(tmp_path / "runs", [load(path)], replications=1)
    page = page_of(kept)
    found = Outline(page)
    assert found.open == []
    assert not {"script", "img"} & {tag for tag, _ in found.tags}
    assert not [key for _, attributes in found.tags for key in attributes if key.startswith("on")]
    assert "\u202e" not in page
    shown = name.replace("\u202e", " ")
    assert shown in found.text
    assert '<bdi dir="auto">' in page


# --- what a page is made of


def test_a_name_is_set_apart_from_the_direction_of_its_sentence() -> None:
    sentence = f"In {named('<b>')} it takes `x`."
    assert told(sentence) == "In <bdi>&lt;b&gt;</bdi> it takes <code>x</code>."
    assert plain(sentence) == "In <b> it takes `x`."


def test_a_chart_is_put_in_with_names_of_its_own() -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg width="10pt" height="5pt" viewBox="0 0 1 1">'
        '<metadata>http://x</metadata><g id="a"/><use xlink:href="#a" clip-path="url(#a)"/></svg>'
    )
    assert inline_svg(text, "k", 'a "finding"') == (
        '<svg viewBox="0 0 1 1" role="img" aria-label="a &#34;finding&#34;" focusable="false">'
        '<g id="k-a"/><use xlink:href="#k-a" clip-path="url(#k-a)"/></svg>'
    )


# --- pages of other runs


def test_one_scenario_gives_a_page_without_money(alone: Kept) -> None:
    text = Outline(page_of(alone)).text
    assert "In Small office a request takes" in text
    assert "this page describes one scenario" in text
    assert "The business case" not in text


def test_the_value_of_a_case_is_told_with_its_assumptions_by_value(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    text = OFFICE.replace("lognormal mean 30 cv 1", "lognormal mean $worth cv 1")
    path.write_text(text.replace("assumptions:", "assumptions:\n  worth: {value: 31, source: assumption}"))
    assert _value_text(load(path), "request") == "lognormal mean 31 cv 1"


def test_kinds_of_cases_and_teams_are_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE.replace("request:", "first_request:").replace("experts", "wise_experts"))
    page = page_of(keep(tmp_path / "runs", [load(path)], replications=2))
    text = Outline(page).text
    assert "a first request takes" in text and "time of wise experts adds value" in text
    shown = [each["aria-label"] or "" for each in Outline(page).every("svg")]
    assert not [each for each in shown if "first_request" in each or "wise_experts" in each]


def test_one_replication_says_that_it_cannot_tell_chance(files: Path, tmp_path: Path) -> None:
    from sim.scenario.load import load_beside

    office = files / "office.yaml"
    kept = keep(tmp_path, [load(office), load_beside(office, files / "form.yaml")], replications=1)
    text = Outline(page_of(kept)).text
    assert "one replication cannot tell chance from effect" in text


def test_a_precision_that_was_asked_for_stands_in_the_method_with_every_figure(
    files: Path, tmp_path: Path
) -> None:
    kept = keep(tmp_path, [load(files / "office.yaml")], precision=0.5)
    result = kept.results[0]
    stored = read_run(kept.folder).results[0]
    assert result.aims and stored.aims == result.aims
    (aim,) = result.aims
    assert aim.share is not None
    text = Outline(page_of(kept)).text
    n = len(result.runs)
    assert f"to know a figure within ± 50 %. That was reached with {n} replications: " in text
    assert f"lead time of request in Small office ± {aim.share * 100:.2g} %." in text


def test_without_economics_the_page_speaks_of_days_only(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text(re.sub(r"^economics:.*\n", "", OFFICE, flags=re.MULTILINE))
    faster = tmp_path / "faster.yaml"
    faster.write_text(
        path.read_text()
        .replace("work: 4 h, adds", "work: 6 min, adds")
        .replace("    work: 4 h\n", "    work: 6 min\n")
        .replace("        work: 4 h\n", "        work: 6 min\n")
        .replace("Small office", "Faster")
    )
    text = Outline(page_of(keep(tmp_path / "runs", [load(path), load(faster)]))).text
    assert "Faster shortens the lead time" in text
    assert "name no economics with years" in text


def test_zero_finished_cases_give_a_page(tmp_path: Path) -> None:
    path = tmp_path / "slow.yaml"
    path.write_text(
        OFFICE.replace(
            "experts, work: {by: size, large: 4 h", "experts, work: {by: size, large: 9000 h"
        ).replace("small: exponential mean 2 h", "small: 9000 h")
    )
    text = Outline(page_of(keep(tmp_path / "runs", [load(path)], replications=1))).text
    assert "no request was finished" in text
    assert "No request case was finished in the window" in text or "still open" in text


def test_a_comparison_in_which_nothing_was_finished_says_so_first(tmp_path: Path) -> None:
    text = OFFICE.replace("large: 4 h, small: exponential mean 2 h", "large: 9000 h, small: 9000 h")
    slow, other = tmp_path / "slow.yaml", tmp_path / "other.yaml"
    slow.write_text(text)
    other.write_text(text.replace("Small office", "Other office"))
    page = page_of(keep(tmp_path / "runs", [load(slow), load(other)], replications=2))
    first = Outline(page).text.split("The scenarios")[0]
    assert "no request was finished in both, so nothing is known of lead times" in first
    assert "no case was finished in both scenarios" in first


def test_a_comparison_of_eight_scenarios_has_a_line_each(tmp_path: Path) -> None:
    scenarios = []
    for i in range(8):
        path = tmp_path / f"s{i}.yaml"
        path.write_text(
            OFFICE.replace("Small office", f"Office number {i}").replace("size: 2,", f"size: {2 + i},")
        )
        scenarios.append(load(path))
    page = page_of(keep(tmp_path / "runs", scenarios, replications=2))
    text = Outline(page).text
    assert all(f"Office number {i}" in text for i in range(8))
    assert page.count('class="cash"') == 7


def test_an_interrupted_run_says_so_before_its_figures(files: Path, tmp_path: Path) -> None:
    kept = keep(tmp_path, [load(files / "office.yaml")], is_complete=False)
    text = Outline(page_of(kept)).text
    assert "interrupted" in text.split("The scenario")[0]


def test_without_cases_the_page_leaves_out_their_picture_and_says_so(
    alone: Kept, files: Path, tmp_path: Path
) -> None:
    without = page_of(keep(tmp_path, [load(files / "office.yaml")], keep_cases=False))
    assert "How long it takes" in page_of(alone) and "How long it takes" not in without
    assert "Cases were not kept" in without and "Where the time goes" in without
