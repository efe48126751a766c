"""What `sim sensitivity` prints: for each figure a sentence, its tornado, its indices, its spread; then what
to measure first.

Not here: how any of it is found (experiment.sensitivity).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.cli.layout import (
    NOT_DEFINED,
    Scale,
    count,
    drawn,
    figure,
    paragraph,
    short,
    table,
    words,
)
from sim.experiment.intervals import Interval
from sim.experiment.sensitivity import About, Sensitivity
from sim.experiment.sensitivity.indices import Index
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.shown import shown
from sim.experiment.sensitivity.spread import Spread
from sim.experiment.sensitivity.tornado import Bar, End
from sim.experiment.sensitivity.worth import Worth

_SHOWN = 10
_WIDTHS = (34, 12, 18, 12, 18)

_SOURCES = {
    "luck": "luck alone, assumptions as in the files",
    "inputs": "assumptions alone, luck averaged out",
    "both": "assumptions and luck",
}


def sensitivity_text(found: Sensitivity) -> str:
    """An analysis for people."""
    parts = [paragraph(_head(found))]
    for about in found.abouts:
        parts += _of_figure(found, about)
    parts.append(paragraph(_first(found)))
    parts += [paragraph(line) for line in _notes(found)]
    return "\n\n".join(part for part in parts if part)


def _head(found: Sensitivity) -> str:
    first, *others = found.scenarios
    against = f", against {first}" if others else ""
    text = (
        f"{', '.join(others) or first}{against}: {count(len(found.inputs), 'assumption')} moved within "
        f"{'its range' if len(found.inputs) == 1 else 'their ranges'}, seed {found.seed}. Tornado: "
        f"{count(found.replications)} at each end, on the luck of the centre, one assumption at a time."
    )
    if found.samples:
        unit = "row" if found.method == "saltelli" else "point"
        lie = "uniform over" if found.shape == "uniform" else "PERT-distributed within"
        text += (
            f" Sample: {count(found.samples, unit)}, all assumptions at once, {lie} their ranges, with "
            f"{count(found.per_point)} at each point on luck of its own."
        )
    return f"{text} 1 d = {found.day_h:g} h of working time. Intervals are 95 %."


# --- one figure


def _of_figure(found: Sensitivity, about: About) -> Iterator[str]:
    own = shown(found, about)
    scale = Scale(own.factor, own.unit)
    yield paragraph(_sentence(found, about, own.title, scale))
    if about.figure.metric != "roi":  # whose bars and shares say what those of the net present value say
        yield _tornado(about, scale)
        yield _indices(found, about)
    if about.figure.is_money or not about.figure.which:
        yield _spreads(about, scale)


def _sentence(found: Sensitivity, about: About, name: str, scale: Scale) -> str:
    centre = _plain(about.centre, scale, sign=bool(about.figure.which))
    text = f"{name}: {centre} with the values of the files"
    if about.bars and about.bars[0].reach > 0:
        text += f". It hangs most on {_moved(about.bars[0], scale)}"
    fit = about.fit
    if fit is not None and about.indices and fit.luck_share is not None:
        moved, index = _greatest(found, about)
        if found.method == "surface" and fit.is_rough:
            text += ". Which assumptions make its variance is told but roughly by this sample"
        elif index.first.mean:
            text += (
                f". Over all ranges at once, {moved.name} alone makes {_share(index.first)} of the variance "
                "that assumptions make"
            )
        text += f"; luck is {_percent(fit.luck_share)} of the variance of single replications"
    return f"{text}."


def _greatest(found: Sensitivity, about: About) -> tuple[Input, Index]:
    """The input of the greatest first index."""
    pairs = zip(found.inputs, about.indices, strict=True)
    return max(pairs, key=lambda pair: pair[1].first.mean or 0.0)


def _moved(bar: Bar, scale: Scale) -> str:
    return f"{bar.input.name}: {_end_words(bar, bar.low, scale)}, {_end_words(bar, bar.high, scale)}"


def _end_words(bar: Bar, end: End, scale: Scale) -> str:
    at = f"at {bar.input.told(end.value)}"
    if end.verdict == "the same":
        return f"unchanged {at}"
    chance = " (may be chance)" if end.verdict == "may be chance" else ""
    return f"{figure((end.change.mean or 0.0) * scale.factor, sign=True)} {scale.unit} {at}{chance}"


def _tornado(about: About, scale: Scale) -> str:
    shown = [bar for bar in about.bars[:_SHOWN] if bar.reach > 0]
    if not shown:
        return paragraph("No assumption moves it at all.")
    unit = f"change [{scale.unit}]" if scale.unit else "change"
    made = table("assumption, now", "low", unit, "high", unit)
    for column, width in zip(made.columns, _WIDTHS, strict=True):
        column.width, column.no_wrap = width, True
    for bar in shown:
        made.add_row(
            f"{short(bar.input.name, 25)} {bar.input.told(bar.input.present)}",
            *(cell for end in (bar.low, bar.high) for cell in _cells(bar.input, end, scale)),
        )
    rest = [bar for bar in about.bars if bar not in shown]
    text = drawn(made)
    if rest and max(bar.reach for bar in rest) == 0:
        text += f"\n{count(len(rest), 'other')}: no change at all"
    elif rest:
        most = max(bar.reach for bar in rest) * abs(scale.factor)
        others = count(len(rest), "other")
        text += f"\n{others}: {figure(most)} {scale.unit} between the ends at most, in the mean"
    return text


def _cells(moved: Input, end: End, scale: Scale) -> tuple[str, str]:
    value = f"{moved.told(end.value)}{'*' if end.reason else ''}"
    if end.verdict == "the same":
        return value, "0  "
    text = figure((end.change.mean or 0.0) * scale.factor, sign=True)
    half = end.change.half_width
    text += "" if half is None else f" ± {figure(half * abs(scale.factor))}"
    return value, f"{text} ?" if end.verdict == "may be chance" else f"{text}  "


def _indices(found: Sensitivity, about: About) -> str:
    if not about.indices:
        return ""
    worths: Sequence[Worth | None] = [None] * len(found.inputs)
    is_worth_told = about.figure.metric == "npv" and found.decision is not None and len(found.scenarios) == 2
    if is_worth_told and found.decision is not None:
        worths = found.decision.inputs
    heads = ["share of the variance that assumptions make", "alone", "with others"]
    made = table(*heads, *([f"knowing it is worth [k {found.currency}]"] if is_worth_told else []))
    rows = sorted(
        zip(found.inputs, about.indices, worths, strict=True), key=lambda row: -(row[1].total.mean or 0.0)
    )
    for moved, index, worth in rows[:_SHOWN]:
        cells = [_share(index.first), _share(index.total)]
        if worth is not None:
            cells.append(_plain(worth.value, Scale(1e-3, "")))
        made.add_row(short(moved.name, 44), *cells)
    text = drawn(made)
    if len(rows) > _SHOWN:
        most = max(index.total.high or 0.0 for _, index, _ in rows[_SHOWN:])
        others = count(len(rows) - _SHOWN, "other")
        text += f"\n{others}: {_percent(most)} with others at most, each by its interval"
    return f"{text}\n{paragraph(_trust(found, about))}"


def _trust(found: Sensitivity, about: About) -> str:
    fit = about.fit
    assert fit is not None
    text = ""
    if found.method == "surface" and fit.quality is not None:
        text = (
            f"Fitted to {count(fit.n, 'point')}; at points it has not seen the fit tells "
            f"{_percent(fit.quality)} of the variance that assumptions make."
        )
        if fit.is_rough:
            text += " That is little, and shares are rough: try more --samples, or --method saltelli."
    if fit.undefined:
        text += f" Not defined at {count(fit.undefined, 'point')}, which are left out."
    return text.strip()


def _spreads(about: About, scale: Scale) -> str:
    if len(about.spreads) < 2:
        return ""
    is_money, is_signed = about.figure.is_money, bool(about.figure.which)
    head = f"{about.figure.metric.upper() if is_money else words(about.figure.metric)} over"
    chance = ["probability > 0 [%]"] if is_money else []
    made = table(f"{head} [{scale.unit}]", "P10", "P50", "P90", *chance)
    for spread in about.spreads:
        cells = [_percentile(each, scale, sign=is_signed) for each in spread.percentiles]
        if is_money:
            cells.append(_gain(spread))
        made.add_row(f"{_SOURCES[spread.over]} ({spread.n:,})", *cells)
    return drawn(made)


def _percentile(found: Interval, scale: Scale, *, sign: bool) -> str:
    return NOT_DEFINED if found.mean is None else figure(found.mean * scale.factor, sign=sign)


def _gain(spread: Spread) -> str:
    return NOT_DEFINED if spread.above.mean is None else _plain(spread.above, Scale(100.0, ""), digits=0)


# --- what to measure first


def _first(found: Sensitivity) -> str:
    if found.decision is not None:
        return _decided(found)
    about = found.abouts[0]
    if not about.indices:
        return ""
    moved, index = _greatest(found, about)
    if not index.first.mean:
        return ""
    return (
        f"Measure first: {moved.name}. Were it known, {_share(index.first)} of the variance that assumptions "
        f"make in the {shown(found, about).name} would be gone, more than for any other."
    )


def _decided(found: Sensitivity) -> str:
    decision = found.decision
    assert decision is not None
    best = max(decision.means)
    go = f"go with {found.scenarios[decision.best]}" if decision.best else "do not go"
    if decision.best and len(found.scenarios) == 2:
        go = "go"
    text = (
        f"Go or do not go: over all ranges and luck the mean net present value is {_amount(best, found)}, so "
        f"{go}. Who knew every assumption beforehand could decide better where it turns out otherwise: worth "
        f"{_worth_words(decision.everything, found)} at most. "
    )
    moved, worth = max(
        zip(found.inputs, decision.inputs, strict=True), key=lambda pair: pair[1].value.mean or 0
    )
    if worth.value.mean and not worth.value.low:
        return (
            f"{text}Of single ones {moved.name} is worth most to know, {_worth_words(worth, found)}; that "
            "may be chance, so which to measure first is not settled by this sample."
        )
    if worth.value.mean:
        return f"{text}Measure first: {moved.name}; knowing it alone is worth {_worth_words(worth, found)}."
    text += (
        "No assumption alone, if it were known, would turn the decision: for it, measuring a single one is "
        "worth nothing"
    )
    high = max((each.value.high or 0.0 for each in decision.inputs), default=0.0)
    text += f" (at most {_amount(high, found)}, by the intervals)." if high else "."
    about = next(each for each in found.abouts if each.figure.metric == "npv")
    if about.indices:
        moved, index = _greatest(found, about)
        share = f"{_share(index.first)} of the variance"
        text += f" What would narrow the net present value most is {moved.name} ({share})."
    return text


def _worth_words(worth: Worth, found: Sensitivity) -> str:
    value = worth.value
    text = _amount(value.mean or 0.0, found)
    if value.low is None or value.high is None or value.low == value.high:
        return text
    return f"{text} ({_amount(value.low, found)} to {_amount(value.high, found)})"


def _amount(value: float, found: Sensitivity) -> str:
    from sim.units.dimensions import format_money

    return format_money(value, found.currency).replace("-", "−")


# --- what must be said beside


def _notes(found: Sensitivity) -> Iterator[str]:
    if found.abouts[0].bars:
        yield (
            "change: mean paired difference to the centre ± half its interval; ?: that includes 0, so it may "
            "be chance. Alone: what of the variance would go if the assumption were known (first Sobol "
            "index); with others: what would stay if all others were (total index); both without luck. All "
            "of it is in the tables of the folder."
        )
    ends = {
        (bar.input.name, end.value): (bar.input, end)
        for about in found.abouts
        for bar in about.bars
        for end in (bar.low, bar.high)
        if end.reason
    }
    for moved, end in ends.values():
        yield (
            f"* {moved.name} goes no farther than {moved.told(end.value)}: beyond it the scenario is "
            f"refused, or cannot be run ({end.reason})"
        )
    if found.refused:
        yield (
            f"{count(found.refused, 'point')} of the sample cannot be, and "
            f"{'was' if found.refused == 1 else 'were'} drawn again; the first: {found.why} So the sample is "
            "of the part of the ranges that is possible; assumptions are not quite independent there, and "
            "shares of the variance are approximate."
        )
    for moved in found.inputs:
        if moved.stays:
            where = " and ".join(found.scenarios[index] for index, _ in moved.moves)
            stays = f"{found.scenarios[0]} states another value and keeps it"
            yield f"{moved.name} moves in {where} alone: {stays}."
    if found.left_out:
        yield f"Not moved, because they are not one number: {', '.join(found.left_out)}."
    if not found.is_complete:
        yield "INCOMPLETE: interrupted; only what was finished is counted."


def _share(found: Interval) -> str:
    """A share with its interval, in per cent."""
    return f"{_plain(found, Scale(100.0, ''), digits=0)} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "under 1 %"


def _plain(found: Interval, scale: Scale, *, sign: bool = False, digits: int | None = None) -> str:
    """A figure with its interval and unit: `65.0 (62.1 to 67.9) d`."""

    def told(value: float) -> str:
        if digits is None:
            return figure(value * scale.factor, sign=sign)
        return f"{value * scale.factor:.{digits}f}"

    if found.mean is None:
        return NOT_DEFINED
    text = told(found.mean)
    if found.low is not None and found.high is not None:
        text += f" ({told(found.low)} to {told(found.high)})"
    return f"{text} {scale.unit}".rstrip()
