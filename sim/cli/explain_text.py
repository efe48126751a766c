"""What `sim explain` prints: what costs most in a few sentences, then cause by cause.

Gains are of being without something: more is better, whatever the unit.
Not here: how gains are found (experiment.explain), patches (patches_text), tables as such (layout).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.cli.gains_text import bought, cell, money_scale
from sim.cli.layout import Scale, count, drawn, figure, paragraph, short, span, spread, table
from sim.cli.patches_text import patches_text
from sim.experiment.explain import Explanation, Without
from sim.experiment.intervals import is_sure

_ROWS = 20
_BY_MONEY = 3
_NAME = 41
_OUTPUT = {"in_production": "more live a year", "throughput": "more a year"}


def explain_text(found: Explanation) -> str:
    """An explanation for people."""
    parts = [_head(found), _stability(found)]
    if found.causes:
        parts += [paragraph(each) for each in _findings(found)]
        parts += [
            _single_table(found),
            _table("several at once: without them", found.several, found),
            _table("more hours than anybody works today", found.more_hours, found),
            _footnote(found),
        ]
    if found.contributions is not None:
        parts += patches_text(found, found.contributions)
    parts += [paragraph(f"Not told: {each.name}: {each.why.rstrip('.')}.") for each in found.untold]
    return "\n\n".join(part for part in parts if part)


def _head(found: Explanation) -> str:
    return paragraph(
        f"{found.name}: {found.of} takes {spread(found.lead_time, 1 / found.day_h)} d. What follows was "
        f"found by running it again on the same luck: {count(found.replications)}, seed {found.seed}. Gains "
        f"are paired by replication, ± half their 95 % interval. 1 d = {found.day_h:g} h of working time."
    )


def _stability(found: Explanation) -> str:
    if found.is_stable:
        return ""
    return paragraph(
        "It does not settle: queues grow to the end of the run, so every figure depends on the horizon. What "
        "is saved would grow with it."
    )


# --- sentences


def _findings(found: Explanation) -> Iterator[str]:
    if found.single:
        yield _most(found)
        yield from _by_money(found)
        yield from _beyond(found)
    yield from _interaction(found)


def _most(found: Explanation) -> str:
    """Which single cause costs most lead time, and how sure that is."""
    most, days = found.single[0], Scale(1 / found.day_h, "d")
    interval = most.interval("lead_time")
    if (interval.mean or 0.0) <= 0 or (interval.low is not None and not is_sure(interval)):
        return (
            "No single cause is sure to cost lead time: that which seems to cost most may cost none. More "
            "replications may tell."
        )
    whole = figure((found.lead_time.mean or 0.0) * days.factor)
    text = f"Taken away alone, “{most.name}” buys most: {bought(interval, days)} of the {whole} d"
    if found.ahead is None:
        return f"{text}."
    second, more = found.single[1].name, found.ahead
    if is_sure(more):
        return f"{text}, surely more than the next, “{second}”."
    return f"{text}. The next, “{second}”, may buy as much: the difference is {span(more, days.factor)} d."


def _by_money(found: Explanation) -> Iterator[str]:
    priced = [each for each in found.single if "npv" in each.gains]
    sure = [each for each in priced if (each.interval("npv").low or 0.0) > 0]
    if sure:
        most = max(sure, key=lambda each: each.interval("npv").mean or 0.0)
        scale = money_scale([most.interval("npv")], found.currency)
        yield (
            f"By money, of those that are sure, the highest mean is that of “{most.name}”: "
            f"{bought(most.interval('npv'), scale)}, before any price for the change itself."
        )
    elif priced:
        yield "By money no single cause is sure to cost anything."


def _beyond(found: Explanation) -> Iterator[str]:
    """Where running again says something else than the account."""
    told = [(each, each.beyond, each.reading) for each in found.single]
    sure = [
        (each, beyond, reading)
        for each, beyond, reading in told
        if beyond is not None and reading is not None and is_sure(beyond)
    ]
    if not sure:
        return
    each, beyond, reading = max(sure, key=lambda row: abs(row[1].mean or 0.0))
    factor = 1 / found.day_h
    yield (
        f"The account would mislead most about “{each.name}”: {figure((reading.mean or 0.0) * factor)} d "
        f"stand under that cause, {figure((each.interval('lead_time').mean or 0.0) * factor)} d are bought; "
        f"the difference is {span(beyond, factor)} d."
    )


def _interaction(found: Explanation) -> Iterator[str]:
    both, factor = found.interaction, 1 / found.day_h
    if both is None:
        return
    text = (
        f"Taken away one by one, the {both.n} causes that “none of these” is without buy "
        f"{spread(both.one_by_one, factor)} d in sum, all at once {spread(both.at_once, factor)} d: "
    )
    difference = both.difference
    if not is_sure(difference):
        yield f"{text}the difference, {span(difference, factor)} d, may be chance."
        return
    low, mean, high = sorted(
        abs(x or 0.0) * factor for x in (difference.low, difference.mean, difference.high)
    )
    amount = f"{figure(mean)} d ({figure(low)} to {figure(high)})"
    if (difference.mean or 0.0) > 0:
        yield f"{text}{amount} are counted more than once where each stands alone."
    else:
        yield f"{text}{amount} more, since what one cause sets free another holds up."


# --- tables


def _single_table(found: Explanation) -> str:
    shown = _shown(found)
    text = _table("one cause at a time: without it", shown, found)
    left = len(found.single) - len(shown)
    if left <= 0:
        return text
    return f"{text}\n\n" + paragraph(f"{count(left, 'more cause')} in causes.csv, in the folder.")


def _shown(found: Explanation) -> list[Without]:
    """The single causes that buy most lead time, and those that surely buy most money."""
    by_money = sorted(found.single, key=lambda each: -(each.interval("npv").low or 0.0))[:_BY_MONEY]
    chosen = [each for each in by_money if (each.interval("npv").low or 0.0) > 0]
    return [each for i, each in enumerate(found.single) if i < _ROWS or each in chosen]


def _table(head: str, rows: Sequence[Without], found: Explanation) -> str:
    if not rows:
        return ""
    scale = money_scale([each.interval("npv") for each in rows], found.currency)
    output = "in_production" if found.in_production.mean is not None else "throughput"
    has_money = any("npv" in each.gains for each in rows)
    heads = ("saves [d]", "account [d]", _OUTPUT[output], *([f"NPV [{scale.unit}]"] if has_money else []))
    made = table(head, *heads)
    made.columns[0].no_wrap, made.columns[0].overflow = True, "ellipsis"
    for each in rows:
        money = [cell(each.interval("npv"), scale.factor)] if has_money else []
        made.add_row(
            short(each.name, _NAME),
            cell(each.interval("lead_time"), 1 / found.day_h),
            _read(each, found),
            cell(each.interval(output), 1.0),
            *money,
        )
    return drawn(made)


def _read(each: Without, found: Explanation) -> str:
    reading = each.reading
    return "–" if reading is None or reading.mean is None else figure(reading.mean / found.day_h)


def _footnote(found: Explanation) -> str:
    text = (
        "saves: mean lead time less. account: what stands under that cause today, which one would subtract "
        "without running again; – where the account does not tell it apart. "
    )
    if found.in_production.mean is not None:
        text += "live: cases that reach the milestone from which they bring value. "
    if found.years is not None:
        text += (
            "NPV: value and freed hours less costs of people and environments, as a present value over "
            f"{count(found.years, 'year')}, before any price for the change itself. "
        )
    n = len(found.causes)
    if n >= 20 and found.replications > 1:
        text += f"Of {n} intervals of 95 % about {n / 20:.0f} miss the truth by chance."
    return paragraph(text)
