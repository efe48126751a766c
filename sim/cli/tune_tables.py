"""The tables that `sim tune` prints: beside today, what is not told apart, the frontier, marginal worth.

Not here: sentences (tune_text).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.cli.layout import Scale, count, drawn, figure, scale_of, span, spread, table
from sim.experiment.compare import Key
from sim.experiment.intervals import Interval
from sim.experiment.levers import Lever
from sim.experiment.promises import Promise
from sim.experiment.tune import Candidate, Tuning

_MOST_ROWS = 8
_MOST_FIGURES = 12


def beside_today(found: Tuning) -> str:
    """Promised figures and costs today and in the best, or the nearest."""
    chosen = found.best or found.nearest
    if chosen is None:
        return ""
    made = table("", "promised", "today", "the best" if found.best is not None else "the nearest")
    today = found.present
    costs = [each.cost for each in (today, chosen) if each is not None]
    scale = money_scale(costs, found.currency)
    unit = f"{scale.unit}, {count(found.years, 'year')}" if found.years else f"{scale.unit} a year"
    made.add_row(
        f"cost [{unit}]", "", *(_cell(each.cost if each else None, scale.factor) for each in (today, chosen))
    )
    if chosen.npv is not None:
        worth = money_scale([chosen.npv], found.currency)
        made.add_row(
            f"net present value against today [{worth.unit}]", "", "0", span(chosen.npv, worth.factor)
        )
    pairs = found.promised
    for promise, key in pairs[:_MOST_FIGURES]:
        cells = (_promise_cell(promise, key, each) for each in (today, chosen))
        made.add_row(
            promise.about(key), f"{'≤' if promise.is_at_most else '≥'} {promise.told(promise.bound)}", *cells
        )
    if found.lead is not None and found.lead not in [key for _, key in pairs]:
        lead = scale_of(found.lead[0], found.lead[3], found.day_h)
        cells = (
            _cell(each.figures.get(found.lead) if each else None, lead.factor) for each in (today, chosen)
        )
        made.add_row(f"{_lead_name(found.lead)} [{lead.unit}]", "", *cells)
    made.add_row("replications", "", *(str(each.n) if each else "" for each in (today, chosen)))
    text = drawn(made)
    if len(pairs) > _MOST_FIGURES:
        text += f"\n{count(len(pairs) - _MOST_FIGURES, 'more promised figure')} in candidates.csv"
    return text


def _promise_cell(promise: Promise, key: Key, candidate: Candidate | None) -> str:
    interval = candidate.figures.get(key) if candidate is not None else None
    if interval is None or interval.mean is None:
        return "–"
    text = promise.told(interval.mean)
    half = interval.half_width
    if half:
        text += f" ± {figure(half / promise.per_written)}"
    return f"{text} {'*' if promise.excess(interval.mean) > 0 else ' '}"


def _cell(interval: Interval | None, factor: float) -> str:
    return "–" if interval is None else spread(interval, factor)


def not_told_apart_table(found: Tuning) -> str:
    if found.best is None:
        return ""
    if not found.not_told_apart:
        return "Told apart from all others that were run." if found.is_sure else ""
    better = "cost" if found.goal == "cost" else "npv"
    rows = found.not_told_apart
    scale = money_scale([each.behind for each in rows if each.behind], found.currency)
    label = "cost more than the best" if better == "cost" else "worth less than the best"
    made = table("not told apart: as the best but for", f"{label} [{scale.unit}]", "promises", "n")
    for each in rows[:_MOST_ROWS]:
        behind = "–" if each.behind is None else span(each.behind, scale.factor)
        made.add_row(_row_words(found, each), behind, each.verdict, str(each.n))
    if len(rows) > _MOST_ROWS:
        made.add_row(f"and {len(rows) - _MOST_ROWS} more, in candidates.csv", "", "", "")
    return drawn(made)


def frontier_table(found: Tuning) -> str:
    if not found.frontier or found.lead is None:
        return ""
    lead = scale_of(found.lead[0], found.lead[3], found.day_h)
    costs = money_scale([each.cost for each in found.frontier], found.currency)
    made = table(
        f"frontier, as {'the best' if found.best else 'today'} but for",
        f"cost [{costs.unit}]",
        f"{_lead_name(found.lead)} [{lead.unit}]",
        "promises",
        "n",
    )
    for each in _spaced(found.frontier, _MOST_ROWS):
        made.add_row(
            _row_words(found, each),
            spread(each.cost, costs.factor),
            _cell(each.figures.get(found.lead), lead.factor),
            each.verdict,
            str(each.n),
        )
    return drawn(made)


def _spaced(rows: Sequence[Candidate], n: int) -> list[Candidate]:
    """At most n of them, at even distances, both ends included."""
    if len(rows) <= n:
        return list(rows)
    return [rows[round(i * (len(rows) - 1) / (n - 1))] for i in range(n)]


def marginal_table(found: Tuning) -> str:
    able = [step for step in found.marginal if not step.cannot_work]
    if not found.marginal:
        return ""
    costs = money_scale([step.cost for step in able if step.cost], found.currency)
    heads = ["one more, one fewer", f"cost [{costs.unit}]"]
    worth = money_scale([step.npv for step in able if step.npv], found.currency)
    if found.years:
        heads.append(f"worth (NPV) [{worth.unit}]")
    lead = Scale(1.0, "")
    if found.lead is not None:
        lead = scale_of(found.lead[0], found.lead[3], found.day_h)
        heads.append(f"{_lead_name(found.lead)} [{lead.unit}]")
    made = table(*heads, "keeps")
    for step in found.marginal:
        name = f"{step.lever.removesuffix('.size')} {step.before} → {step.after}"
        if step.cannot_work:
            made.add_row(
                name, "falls behind" if "behind" in step.cannot_work else "–", *[""] * (len(heads) - 1)
            )
            continue
        cells = [_difference(step.cost, costs.factor)]
        cells += [_difference(step.npv, worth.factor)] if found.years else []
        if found.lead is not None:
            cells.append(_difference((step.figures or {}).get(found.lead), lead.factor))
        made.add_row(name, *cells, "yes" if step.keeps else "no")
    return drawn(made)


def _difference(interval: Interval | None, factor: float) -> str:
    """A difference with half its interval's width."""
    if interval is None or interval.mean is None:
        return "–"
    text, half = figure(interval.mean * factor, sign=True), interval.half_width
    return f"{text} ± {figure(half * factor)}" if half else text


def _row_words(found: Tuning, candidate: Candidate) -> str:
    """The same for a row of a table: as the best, but for what is named; without a best, as today."""
    if found.best is not None and candidate.setting == found.best.setting:
        return "the best"
    others: dict[str, float | None] = {each.name: each.present for each in found.levers}
    if found.best is not None:
        others = dict(found.best.setting)
    parts = [
        f"{lever_name(lever)} {lever.written(value)}" for lever, value in unlike(found, candidate, others)
    ]
    return ", ".join(parts) or "as today"


def unlike(
    found: Tuning, candidate: Candidate, others: Mapping[str, float | None]
) -> Iterator[tuple[Lever, float]]:
    """The levers that stand elsewhere."""
    values = dict(candidate.setting)
    for lever in found.levers:
        before = others[lever.name]
        if before is None or abs(values[lever.name] - before) > 1e-9:
            yield lever, values[lever.name]


def lever_name(lever: Lever) -> str:
    return lever.name.removesuffix(".size")


def _lead_name(key: Key) -> str:
    metric, _, of, _ = key
    stem, _, percentile = metric.rpartition("_p")
    name = (
        f"{stem.replace('_', ' ')} P{percentile}"
        if stem and percentile.isdigit()
        else metric.replace("_", " ")
    )
    return f"{name} of {of}"


def money_scale(intervals: Iterable[Interval], currency: str) -> Scale:
    """Thousands or millions, so that the largest amount can be read."""
    largest = max((abs(each.mean or 0.0) for each in intervals), default=0.0)
    for factor, name in ((1e-6, "M"), (1e-3, "k")):
        if largest * factor >= 1:
            return Scale(factor, f"{name} {currency}".strip())
    return Scale(1.0, currency)


def figure_of(interval: Interval, scale: Scale) -> str:
    """A mean with its interval and unit."""
    return f"{spread(interval, scale.factor)} {scale.unit}"
