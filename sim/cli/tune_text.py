"""What `sim tune` prints: what was asked, what is best and how sure, the frontier, marginal worth.

Not here: the search (experiment.tune), options (tune), tables (tune_tables).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.cli.layout import count, figure, paragraph, span
from sim.cli.tune_tables import (
    beside_today,
    figure_of,
    frontier_table,
    lever_name,
    marginal_table,
    money_scale,
    not_told_apart_table,
    unlike,
)
from sim.experiment.intervals import Interval
from sim.experiment.promises import Promise
from sim.experiment.tune import Candidate, Tuning


def tune_text(found: Tuning) -> str:
    """A search for people."""
    parts = [_head(found), _finding(found), guarantee_text(found), beside_today(found)]
    parts += [not_told_apart_table(found), frontier_table(found), marginal_table(found), _footnote(found)]
    return "\n\n".join(part for part in parts if part)


def _head(found: Tuning) -> str:
    aim = f"the least {_cost_words(found)}" if found.goal == "cost" else "the highest net present value"
    bounds = "; ".join(
        f"{each.name} {each.written(each.low)} to {each.written(each.high)}" for each in found.levers
    )
    text = f"{found.name}: {aim}"
    if found.promises:
        text += f", such that {'; '.join(promise.text for promise in found.promises)}"
    text += f". Varied: {bounds}. {count(found.n_settings, 'setting')}"
    if found.n_screened:
        which = ", ".join(f"{team} {n:,}" for team, n in found.screened_by.items())
        text += f"; {found.n_screened:,} of those looked at cannot work, because a team surely falls "
        text += f"behind ({which})"
    return paragraph(f"{text}; {found.n_run:,} were run, {count(found.spent)} in all, seed {found.seed}.")


def _cost_words(found: Tuning) -> str:
    if found.years:
        return f"cost over {count(found.years, 'year')} (present value)"
    return "cost a year (people)"


def _finding(found: Tuning) -> str:
    best = found.best
    if best is None:
        return _none_keeps(found)
    scale = money_scale([best.cost], found.currency)
    text = (
        f"The best: {setting_words(found, best)}. {_subject(found)} {figure_of(best.cost, scale)}"
        f"{_against_today(found, best)}."
    )
    if found.goal == "npv" and best.npv is not None:
        worth = money_scale([best.npv], found.currency)
        text += f" Its net present value against today is {span(best.npv, worth.factor)} {worth.unit}."
    return paragraph(text)


def _subject(found: Tuning) -> str:
    if found.years:
        return f"Its present value of costs over {count(found.years, 'year')} is"
    return "Its people cost a year"


def _against_today(found: Tuning, best: Candidate) -> str:
    """How much more or less than today, paired."""
    if found.goal != "cost" or found.present is None or found.present.behind is None:
        return ""
    more = _less(found.present.behind)
    if more.mean is None:
        return ""
    scale = money_scale([more], found.currency)
    word = "more" if more.mean > 0 else "less"
    text = f", {figure(abs(more.mean) * scale.factor)} {scale.unit} {word} than today"
    if more.low is not None and more.high is not None and more.low != more.high:
        small, large = sorted((abs(more.low), abs(more.high)))
        if more.low * more.high > 0:
            text += f" ({figure(small * scale.factor)} to {figure(large * scale.factor)})"
        else:
            text += " (may be chance)"
    return text


def _less(interval: Interval) -> Interval:
    """The same with the other sign."""
    mean, low, high = (None if x is None else -x for x in (interval.mean, interval.high, interval.low))
    return Interval(mean, low, high, interval.n)


def _none_keeps(found: Tuning) -> str:
    if not found.is_sure or found.is_local:
        start = "So far no staffing is known to keep the promises."
    else:
        start = "No staffing within the bounds keeps the promises."
    if found.nearest is None:
        if found.n_screened and not found.n_run:
            return paragraph(f"{start} In each of them a team surely falls behind: raise its most.")
        return paragraph(start)
    misses = "; ".join(_misses(found, found.nearest))
    if not misses:
        words = setting_words(found, found.nearest)
        return paragraph(f"{start} The cheapest that seems to keep them is {words}.")
    return paragraph(f"{start} The nearest is {setting_words(found, found.nearest)}: {misses}.")


def _misses(found: Tuning, candidate: Candidate) -> Iterator[str]:
    """By how much each promise that it misses is missed."""
    for promise, key in found.promised:
        interval = candidate.figures[key]
        if interval.mean is None:
            yield f"{promise.about(key)} is not defined in any replication"
        elif promise.excess(interval.mean) > 0:
            share = promise.excess(interval.mean) / abs(promise.bound) if promise.bound else 0.0
            by = f", {100 * share:.0f} % too {'much' if promise.is_at_most else 'little'}" if share else ""
            yield (
                f"{promise.about(key)} is {_told_of(promise, interval)} where "
                f"{promise.told(promise.bound)} is promised{by}"
            )


def _told_of(promise: Promise, interval: Interval) -> str:
    assert interval.mean is not None
    text = promise.told(interval.mean)
    if interval.low is None or interval.high is None:
        return text
    return f"{text} ({promise.told(interval.low)} to {promise.told(interval.high)})"


def guarantee_text(found: Tuning) -> str:
    """What is sure, in words; what is not, too."""
    sure, room = f"With {100 * found.confidence:g} % confidence", f"{100 * found.tolerance:g} %"
    scale = money_scale([Interval(found.delta, None, None, 1)], found.currency)
    delta = f"{figure(found.delta * scale.factor)} {scale.unit}"
    if not found.is_sure:
        why = f"the budget of {count(found.budget)} was spent"
        if found.incomplete:
            why = "the search was stopped"
        return paragraph(
            f"This is not sure: {why} before the best was told from its rivals. Raise --budget, --delta or "
            "--tolerance, or go on with --resume."
        )
    kind = "settings that differ from it by one step of one lever, or by a step up and one down,"
    rest = kind if found.is_local else f"the {found.n_run:,} settings run"
    if found.best is None:
        if not found.n_run:
            return ""
        reach = "of those looked at last" if found.is_local else f"of the {found.n_run:,} run"
        return paragraph(f"{sure}, none {reach} keeps every promise with {room} of its bound to spare.")
    better = "cheaper" if found.goal == "cost" else "worth more"
    if not found.promises:
        text = f"{sure}, none of {rest} is {better} by more than {delta}."
    else:
        text = (
            f"{sure} it misses no promise by more than {room} of its bound, and of {rest} none that keeps "
            f"every promise with {room} to spare is {better} by more than {delta}."
        )
    if found.is_local:
        text += " The guarantee is local: a setting farther away may be better."
    return paragraph(text)


def setting_words(found: Tuning, candidate: Candidate) -> str:
    """A setting by what is not as it is today."""
    parts = []
    for lever, value in unlike(found, candidate, {each.name: each.present for each in found.levers}):
        before = f" instead of {lever.written(lever.present)}" if lever.present is not None else ""
        parts.append(f"{lever_name(lever)} {lever.written(value)}{before}")
    if not parts:
        return "as today"
    return ", ".join(parts) + (", the others as today" if len(parts) < len(found.levers) else "")


def _footnote(found: Tuning) -> str:
    text = (
        "Intervals are 95 % (Student's t), of each figure by itself; differences are paired on the same "
        "luck. Frontier: settings that were run than which no other one is both cheaper and quicker, by the "
        "means; chosen among many, they look a little better than they are. "
    )
    if found.marginal:
        text += (
            "One more, one fewer: differences to the best with only that team changed; keeps: the means keep "
            "every promise. "
        )
    text += "*: the mean misses the promise. Keeps, breaks: decided; seems to: by the mean so far."
    return paragraph(text)
