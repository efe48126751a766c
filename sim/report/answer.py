"""The answer in sentences: what to decide, what must be true for it, and what is asked for.

Every sentence follows from the figures. Where chance explains a figure as well, the sentence says so and asks
for no more than the figures bear.
Not here: the figures themselves (key_figures).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import SimError
from sim.experiment.appraisal import Appraisal
from sim.experiment.parts import Part
from sim.report.break_even import affordable_costs, benefit_share, value_share
from sim.report.cash_table import part_name
from sim.report.key_figures import payback_text, verdict, years_of
from sim.report.subject import Alternative, Subject
from sim.report.words import SHARE, called, count, listed, money, named
from sim.scenario.load import Scenario
from sim.scenario.numbers import Constant

_SHOWN = 3
_NAME = re.compile(r"\$([a-z_][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence of decision, what must be true, and what is asked for."""

    headline: str
    must: tuple[str, ...]
    ask: str


def answer(subject: Subject) -> Answer:
    """What a run says to somebody who has to decide."""
    best = subject.best
    if best is None:
        return Answer(_today(subject), tuple(_widest(subject.scenario)), _ASK_ALONE)
    if best.appraisal is None:
        return Answer(
            _faster(subject, best), tuple(_widest(best.scenario)), _ask_without_money(subject, best)
        )
    return Answer(
        _worth(subject, best, best.appraisal),
        tuple(_must(subject, best, best.appraisal)),
        _ask(subject, best, best.appraisal),
    )


# --- one scenario, or no money

_ASK_ALONE = (
    "None yet: this page describes one scenario. Compare it with a change (`sim compare`) to learn what that "
    "would bring."
)


def _today(subject: Subject) -> str:
    name, case = named(subject.baseline.name), called(subject.case_type or "case")
    lead = subject.of_cases(subject.baseline.name, "lead_time").mean
    share = subject.of_cases(subject.baseline.name, "process_efficiency").mean
    if lead is None:
        return f"In {name} no {case} was finished within the run, so nothing can be said of its lead time."
    text = f"In {name} a {case} takes {subject.days.value(lead)} on average"
    return f"{text}." if share is None else f"{text}; {SHARE.value(share / 100)} of that adds value."


def _faster(subject: Subject, best: Alternative) -> str:
    row, case = subject.change(best, "lead_time"), called(subject.case_type or "case")
    if row is None or row.interval.mean is None:
        return f"No {case} was finished in both scenarios, so they cannot be compared."
    before, after = row.baseline, row.baseline + row.interval.mean
    name, base = named(best.name), named(best.baseline.name)
    days = f"{subject.days.number(after)} instead of {subject.days.value(before)}"
    if row.verdict == "the same":
        return f"{name} changes nothing: a {case} takes {subject.days.value(before)}, as in {base}."
    if row.verdict == "may be chance":
        return f"The runs cannot tell the lead time of {name} from that of {base}: a {case} takes {days}."
    verb = "shortens" if after < before else "lengthens"
    return f"{name} {verb} the lead time: a {case} takes {days}."


def _ask_without_money(subject: Subject, best: Alternative) -> str:
    row = subject.change(best, "lead_time")
    if row is not None and row.verdict == "sure" and (row.interval.mean or 0.0) < 0:
        return (
            f"Whether the days that {named(best.name)} saves are worth its cost. The scenarios name no "
            "`economics` with `years`, so this page cannot say it."
        )
    return "None: no change is shown to shorten the lead time."


# --- with money


def _worth(subject: Subject, best: Alternative, found: Appraisal) -> str:
    mean, name, base = found.npv.mean or 0.0, named(best.name), named(best.baseline.name)
    amount = money(mean, subject.currency)
    over = f"over {count(years_of(found), 'year')}"
    if verdict(found.npv) == "may be chance":
        text = (
            f"Not proven: {name} would be worth {amount} more than {base} {over}, {_chance(subject, found)}"
        )
    elif mean > 0:
        text = f"Go ahead with {name}: it is worth {amount} more than {base} {over}"
    elif mean < 0:
        loss = f"costs {money(-mean, subject.currency)} more than it brings {over}"
        is_one = len(subject.alternatives) == 1
        text = (
            f"Do not go ahead: {name} {loss}" if is_one else f"No change here pays; the best, {name}, {loss}"
        )
    else:
        text = f"{name} is worth exactly as much as {base}"
    return f"{text}{_and_days(subject, best)}."


def _chance(subject: Subject, found: Appraisal) -> str:
    low, high = found.npv.low, found.npv.high
    if low is None or high is None:
        return "but one replication cannot tell chance from effect"
    low_end, high_end = (money(end, subject.currency) for end in (low, high))
    return f"but that may be chance: the mean lies anywhere between {low_end} and {high_end}"


def _and_days(subject: Subject, best: Alternative) -> str:
    """What it does to lead time, where that is sure."""
    row = subject.change(best, "lead_time")
    if row is None or row.interval.mean is None:
        case = called(subject.case_type or "case")
        return f"; no {case} was finished in both, so nothing is known of lead times"
    if row.verdict != "sure":
        return ""
    after = row.baseline + row.interval.mean
    days = f"{subject.days.number(after)} instead of {subject.days.value(row.baseline)}"
    return f"; a {called(subject.case_type or 'case')} takes {days}"


def _must(subject: Subject, best: Alternative, found: Appraisal) -> Iterator[str]:
    yield from _break_even(subject, best.scenario, found)
    parts = _largest(found)
    if parts:
        told = [
            f"{part_name(each)} ({money(each.worth.mean or 0.0, subject.currency, sign=True)})"
            for each in parts
        ]
        yield f"The result rests most on {listed(told)}."
    yield from _widest(best.scenario)


def _largest(found: Appraisal) -> list[Part]:
    """The parts that the net present value is mostly made of, none that is a hundredth of the largest."""
    sized = [(abs(part.worth.mean or 0.0), part) for part in found.parts]
    largest = max((size for size, _ in sized), default=0.0)
    sized.sort(key=lambda pair: -pair[0])
    return [part for size, part in sized[:_SHOWN] if size > largest / 100]


def _break_even(subject: Subject, scenario: Scenario, found: Appraisal) -> Iterator[str]:
    share, value = benefit_share(found), value_share(found)
    mean = found.npv.mean or 0.0
    if mean > 0 and share is not None:
        yield (
            f"Break-even: all benefits together may turn out {SHARE.value(1 - share)} lower before the net "
            "present value is zero."
        )
    if mean <= 0 and share is not None:
        yield (
            f"Break-even: benefits would have to be {SHARE.value(share - 1)} higher, or costs no more than "
            f"{money(affordable_costs(found), subject.currency)} in present value."
        )
    if value is not None:
        written = _value_text(scenario, subject.case_type)
        more = f" (assumed per month: {written})" if written else ""
        yield f"The value that cases bring must be at least {SHARE.value(value)} of what is assumed{more}."


def _value_text(scenario: Scenario, case_type: str | None) -> str:
    """The value of a case a month, as the file has it."""
    case = scenario.file.cases.get(case_type or "")
    if case is None or case.value is None:
        return ""
    text = _with_values(scenario, str(case.value.per_month))
    return text if len(text) <= 60 and not text.startswith("{") else ""


def _with_values(scenario: Scenario, text: str) -> str:
    """A number of the file with its assumptions by value, which is what a reader can judge."""
    known = scenario.file.assumptions
    return _NAME.sub(
        lambda found: str(known[found[1]].value) if found[1] in known else found[0],
        text,
    )


def _widest(scenario: Scenario) -> Iterator[str]:
    """The assumptions that are least known: those of the widest range."""
    found = [(ratio, name) for name in scenario.file.assumptions if (ratio := _width(scenario, name)) > 1]
    shown = [name for _, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:_SHOWN]]
    if len(found) == 1:
        yield f"The one assumption that is told with a range is {called(shown[0])}."
    elif shown:
        names = [called(name) for name in shown]
        yield (
            f"Least known of {count(len(scenario.file.assumptions), 'assumption')}: {listed(names)} (widest "
            "ranges). Which of them matters most is a question for a sensitivity analysis."
        )


def _width(scenario: Scenario, name: str) -> float:
    """How many times the low end of a range its high end is; 0 where that says nothing."""
    ends = scenario.file.assumptions[name].range
    if ends is None:
        return 0.0
    try:
        low, high = (scenario.number(end) for end in ends)
    except SimError:
        return 0.0
    if not isinstance(low, Constant) or not isinstance(high, Constant):
        return 0.0
    return high.value / low.value if low.value > 0 else 0.0


def _ask(subject: Subject, best: Alternative, found: Appraisal) -> str:
    name, mean = named(best.name), found.npv.mean or 0.0
    if verdict(found.npv) == "may be chance":
        return (
            f"None yet on {name}. First run more replications (`--precision 2%`), to see whether the mean is "
            "above zero, and check the assumptions below. If both hold, try it where it can be stopped."
        )
    if mean <= 0:
        return f"Stay with {named(best.baseline.name)}, or bring a variant that costs less."
    return (
        f"Approve {name}: {_bill(subject, found)}. Then measure the lead time, to see whether it falls as is "
        "told here."
    )


def _bill(subject: Subject, found: Appraisal) -> str:
    """What is to be paid: at which months, and a year in the last year."""
    case, currency = found.mean_case, subject.currency
    paid: dict[int, float] = {}
    for time, amount in case.adjusted_investments:
        month = round(12 * time)
        paid[month] = paid.get(month, 0.0) + amount
    once = [
        f"{money(amount, currency)} {'now' if month == 0 else f'in month {month}'}"
        for month, amount in sorted(paid.items())
        if amount
    ]
    running = case.adjusted_costs[-1] if case.adjusted_costs else 0.0
    words = "more" if running >= 0 else "less"
    tail = f"then {money(abs(running), currency)} a year {words} than today (year {len(case.adjusted_costs)})"
    back = payback_text(found)
    return f"{listed([*once, tail])}; back after {back}" if found.payback_months else listed([*once, tail])
