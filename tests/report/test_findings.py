"""Findings speak of one pair of scenarios, and nothing is run again twice for their charts."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace

import polars
import pytest

from sim.experiment.replicate import Result
from sim.records import Facts
from sim.report import so_what
from sim.report.findings import findings
from sim.report.key_figures import payback_text
from sim.report.one_case import median_case
from sim.report.stored import read_run
from sim.report.subject import Subject
from sim.report.words import plain

from .conftest import Kept


@pytest.fixture(scope="module")
def subject(compared: Kept) -> Subject:
    return Subject.of(read_run(compared.folder))


def test_each_replication_is_run_again_once_for_all_charts(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[tuple[str, int]] = Counter()
    replay = Result.replay

    def counted(result: Result, number: int, *, keep_log: bool = True) -> Facts:
        seen[result.name, number] += 1
        return replay(result, number, keep_log=keep_log)

    monkeypatch.setattr(Result, "replay", counted)
    drawn = {each.key: each.draw() for each in findings(subject)}
    assert {"value-stream", "journey", "load", "flow"} <= drawn.keys()
    assert subject.best is not None
    names = (subject.baseline.name, subject.best.name)
    assert seen == {(name, number): 1 for name in names for number in range(3)}


def test_titles_of_charts_name_the_scenario_of_the_headline(subject: Subject) -> None:
    assert subject.best is not None and len(subject.alternatives) == 2
    (other,) = [each.name for each in subject.alternatives if each is not subject.best]
    for each in findings(subject):
        title = str(each.draw().get_label())
        assert other not in title, each.key
        if each.key not in ("journey", "money"):
            assert subject.best.name in title, each.key


def test_the_parts_that_surely_changed_are_those_that_are_drawn_so(subject: Subject) -> None:
    from sim.experiment.compare import class_differences

    assert subject.best is not None and subject.case_type is not None
    sure = [
        row.metric
        for row in class_differences(subject.baseline, subject.best.result, subject.case_type)
        if row.verdict == "sure" and row.interval.mean
    ]
    (days,) = [each for each in findings(subject) if each.key == "days"]
    assert sure and all(name in days.so_what for name in sure)


def test_the_case_shown_is_the_median_of_those_that_ended_as_most_do(subject: Subject) -> None:
    result = subject.baseline
    chosen = median_case(result, "request")
    assert chosen is not None
    facts = result.replay(chosen.replication, keep_log=False)
    index = chosen.index_in(facts, result.plan)
    cases = result.cases.filter(
        polars.col("replication") == chosen.replication,
        polars.col("outcome") == chosen.outcome,
        polars.col("leave_ms").is_between(result.plan.warm_up, result.plan.end, closed="left"),
    )
    assert cases.height == chosen.n_alike > 2
    (mine,) = cases.filter(polars.col("arrive_ms") == facts.cases[index].arrive)["lead_time_ms"]
    assert (cases["lead_time_ms"] < mine).sum() <= cases.height // 2
    assert (cases["lead_time_ms"] > mine).sum() <= cases.height // 2
    (finding,) = [each for each in findings(subject) if each.key == "journey"]
    assert f"median of {chosen.n_alike:,} cases of {result.name}" in plain(finding.so_what)


def test_no_case_is_shown_where_none_was_kept_or_finished(subject: Subject) -> None:
    result = subject.baseline
    without = replace(result, runs=tuple(replace(run, cases=None) for run in result.runs))
    assert median_case(without, "request") is None
    assert median_case(result, "nobody") is None
    assert median_case(replace(result, runs=()), "request") is None


def test_the_promise_beside_the_curve_is_the_percentile_of_the_curve(subject: Subject) -> None:
    (finding,) = [each for each in findings(subject) if each.key == "lead-time"]
    written = " ".join(text.get_text() for text in finding.draw().texts)
    promised = re.search(r"is ([0-9.]+) calendar days", plain(finding.so_what))
    assert promised is not None and f"done within {promised[1]} days" in written


def test_a_map_of_fewer_replications_than_the_run_says_so(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The map is of" not in so_what.of_value_stream(subject)
    monkeypatch.setattr(so_what, "REPLAYED", 2)
    assert "The map is of the first 2 of 3 replications" in so_what.of_value_stream(subject)


def test_charts_and_sentences_call_the_payback_by_the_same_month(subject: Subject) -> None:
    assert subject.best is not None and subject.best.appraisal is not None
    assert subject.best.appraisal.payback_months is not None
    month = math.ceil(subject.best.appraisal.payback_months)
    (finding,) = [each for each in findings(subject) if each.key == "net-benefit"]
    figure = finding.draw()
    assert f"pays back after {month} month" in figure.get_label()
    assert any(f"paid back in month {month}" in axes.get_title(loc="left") for axes in figure.axes)
    assert f"{month} month" in payback_text(subject.best.appraisal)
