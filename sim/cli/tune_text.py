"""What `sim tune` prints: what was asked, what is best and how sure, the frontier, marginal worth.

Not here: the search (experiment.tune), options (tune).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.cli.layout import Scale, count, drawn, figure, paragraph, scale_of, span, spread, table
from sim.experiment.compare import Key
from sim.experiment.intervals import Interval
from sim.experiment.levers import Lever
from sim.experiment.promises import Promise
from sim.experiment.tune import Candidate, Step, Tuning
from sim.experiment.tune.tuning import column_name

_MOST_ROWS = 8
_MOST_FIGURES = 12


def tune_text(found: Tuning) -> str:
    """A search for people."""
    parts = [_head(found), _finding(found), _guarantee(found), _beside_today(found)]
    parts += [_not_told_apart(found), _frontier(found), _marginal(found), _footnote(found)]
    return "\n\n".join(part for part in parts if part)


def tune_entries(found: Tuning) -> dict[str, object]:
    """The same as one document."""
    return {
        "scenario": found.name,
        "goal": found.goal,
        "promises": [promise.text for promise in found.promises],
        "levers": [
            {
                "name": lever.name,
                "low": lever.low,
                "high": lever.high,
                "unit": lever.unit,
                "present": lever.present,
            }
            for lever in found.levers
        ],
        "currency": found.currency,
        "years": found.years,
        "delta": found.delta,
        "tolerance": found.tolerance,
        "confidence": found.confidence,
        "seed": found.seed,
        "engine": found.engine,
        "settings": found.n_settings,
        "cannot_work": found.n_screened,
        "cannot_work_by_team": dict(found.screened_by),
        "run": found.n_run,
        "replications": found.spent,
        "budget": found.budget,
        "guarantee": _guarantee(found).replace("\n", " "),
        "is_local": found.is_local,
        "is_sure": found.is_sure,
        "incomplete": found.incomplete,
        "as_it_is": _entry(found.present),
        "best": _entry(found.best),
        "nearest": _entry(found.nearest),
        "not_told_apart": [_entry(each) for each in found.not_told_apart],
        "frontier": [_entry(each) for each in found.frontier],
        "marginal": [_step_entry(each) for each in found.marginal],
    }


def tune_document(found: Tuning) -> str:
    """One JSON document."""
    return json.dumps(tune_entries(found), indent=2, allow_nan=False, ensure_ascii=False)


# --- entries


def _entry(candidate: Candidate | None) -> dict[str, object] | None:
    if candidate is None:
        return None
    return {
        "setting": dict(candidate.setting),
        "verdict": candidate.verdict,
        "replications": candidate.n,
        "cost": _bounds(candidate.cost),
        "npv": _bounds(candidate.npv),
        "behind_best": _bounds(candidate.behind),
        "figures": {column_name(key): _bounds(each) for key, each in candidate.figures.items()},
    }


def _step_entry(step: Step) -> dict[str, object]:
    figures = step.figures or {}
    return {
        "team": step.lever.removesuffix(".size"),
        "from": step.before,
        "to": step.after,
        "replications": step.n,
        "cost": _bounds(step.cost),
        "npv": _bounds(step.npv),
        "figures": {column_name(key): _bounds(each) for key, each in figures.items()},
        "keeps": step.keeps,
        "cannot_work": step.cannot_work,
    }


def _bounds(interval: Interval | None) -> dict[str, object] | None:
    if interval is None:
        return None
    return {"mean": interval.mean, "low": interval.low, "high": interval.high, "n": interval.n}


# --- sentences


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
    if found.incomplete or not found.is_sure:
        start = "So far no staffing is known to keep the promises."
    elif found.is_local:
        start = "No staffing that was looked at keeps the promises."
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


def _guarantee(found: Tuning) -> str:
    """What is sure, in words; what is not, too."""
    sure, room = f"With {100 * found.confidence:g} % confidence", f"{100 * found.tolerance:g} %"
    scale = money_scale([Interval(found.delta, None, None, 1)], found.currency)
    delta = f"{figure(found.delta * scale.factor)} {scale.unit}"
    if not found.is_sure:
        why = (
            "the search was stopped" if found.incomplete else f"the budget of {count(found.budget)} was spent"
        )
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
    for lever, value in _unlike(found, candidate, {each.name: each.present for each in found.levers}):
        before = f" instead of {lever.written(lever.present)}" if lever.present is not None else ""
        parts.append(f"{_name(lever)} {lever.written(value)}{before}")
    if not parts:
        return "as today"
    return ", ".join(parts) + (", the others as today" if len(parts) < len(found.levers) else "")


def _row_words(found: Tuning, candidate: Candidate) -> str:
    """The same for a row of a table: as the best, but for what is named; without a best, as today."""
    if found.best is not None and candidate.setting == found.best.setting:
        return "the best"
    others: dict[str, float | None] = {each.name: each.present for each in found.levers}
    if found.best is not None:
        others = dict(found.best.setting)
    parts = [f"{_name(lever)} {lever.written(value)}" for lever, value in _unlike(found, candidate, others)]
    return ", ".join(parts) or "as today"


def _unlike(
    found: Tuning, candidate: Candidate, others: Mapping[str, float | None]
) -> Iterator[tuple[Lever, float]]:
    """The levers that stand elsewhere."""
    values = dict(candidate.setting)
    for lever in found.levers:
        before = others[lever.name]
        if before is None or abs(values[lever.name] - before) > 1e-9:
            yield lever, values[lever.name]


def _name(lever: Lever) -> str:
    return lever.name.removesuffix(".size")


# --- tables


def _beside_today(found: Tuning) -> str:
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


def _not_told_apart(found: Tuning) -> str:
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


def _frontier(found: Tuning) -> str:
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


def _marginal(found: Tuning) -> str:
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
