"""What patches contribute: each alone, each left out, and its fair share of what all together buy.

The bar is the Shapley share; the triangles say what the part gains alone on the base and what all together
lose without it. Triangles on the bar's end: the part works the same with and without the others.
Not here: causes (causes).
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.bars import chance_key, sure_bar, whisker
from sim.charts.causes import footer
from sim.charts.page import WIDTH, Page, blank_page, called, make_page, money, name_row, number, short, style
from sim.charts.waterfall import BAD, GOOD
from sim.experiment.explain import Explanation
from sim.experiment.explain.contributions import Contribution, Contributions
from sim.experiment.intervals import Interval, is_sure
from sim.scenario.parts import OWN

_ROW, _LEGEND, _HEAD, _AXIS = 0.5, 0.3, 0.3, 0.55
_LEFT, _MIDDLE, _SPACE, _RIGHT = 2.75, 6.3, 0.35, WIDTH - 0.35


def plot_contributions(found: Explanation) -> Figure:
    """Draw the shares of a scenario's parts in lead time and, where there is money, in net present value."""
    parts = found.contributions
    with style():
        if parts is None or "lead_time" not in parts.each[0].share:
            words = "It is not made of patches, or in some run no case was finished."
            return blank_page(f"{found.name}: there are no parts to tell apart", words, footer(found))
        rows = parts.each
        page = make_page(
            _finding(found, parts), _footer(found, parts), _LEGEND + _HEAD + _ROW * len(rows) + _AXIS
        )
        has_money = "npv" in parts.whole
        first = _axes(page, _LEFT, _MIDDLE if has_money else _RIGHT, len(rows))
        _draw(first, rows, "lead_time", 1 / found.day_h)
        first.set_xlabel(f"working days saved per {called(found.of, 24)}", parse_math=False)
        for y, each in enumerate(rows):
            name_row(first, y, each.part, 24)
        if has_money:
            second = _axes(page, _MIDDLE + _SPACE, _RIGHT, len(rows))
            _draw(second, rows, "npv", 1e-6)
            second.set_xlabel(f"net present value [{f'M {found.currency}'.strip()}]", parse_math=False)
        _draw_legend(page)
        return page.figure


def _finding(found: Explanation, parts: Contributions) -> str:
    whole, first = parts.whole["lead_time"], parts.each[0]
    of = called(found.of, 30)
    if not is_sure(whole):
        return f"Whether the parts of {short(found.name)} save any lead time of {of} is not sure"
    days = (whole.mean or 0.0) / found.day_h
    text = f"All parts together {'save' if days > 0 else 'cost'} {number(abs(days), 5)} d of {of}"
    if days <= 0 or not is_sure(first.share["lead_time"]):
        return text
    return f"{text}; {_largest(parts.each, found.day_h)}"


def _largest(rows: list[Contribution], day_h: float) -> str:
    """Who is owed most; two, where their intervals overlap."""
    first, *others = (each.share["lead_time"] for each in rows)
    if others and (others[0].high or 0.0) >= (first.low or 0.0):
        return f"“{rows[0].part}” and “{rows[1].part}” have the largest shares"
    return f"“{rows[0].part}” has the largest share, {number((first.mean or 0.0) / day_h, 5)} d"


def _footer(found: Explanation, parts: Contributions) -> list[str]:
    orders = (
        "over all orders"
        if parts.orders.is_exact
        else f"over {2 * len(parts.orders.pairs)} orders that were drawn"
    )
    text = (
        f"Bars: Shapley share, the mean of what a part adds to those before it, {orders}; they sum to the "
        "whole. Whiskers: 95 % interval. Gains are over the base without any part, which takes "
        f"{number((parts.before.mean or 0.0) / found.day_h, 50)} d (1 d = {found.day_h:g} h of working time)."
    )
    if OWN in parts.parts:
        text += f" {OWN}: what the file sets beside its patches."
    whole = parts.whole.get("npv")
    if whole is not None and whole.mean is not None:
        text += f" Net present value of all together: {money(whole.mean, found.currency)}"
        text += "." if is_sure(whole) else ", which may be chance."
    return [text, *footer(found)]


def _axes(page: Page, left: float, right: float, n_rows: int) -> Axes:
    axes = page.axes(left, page.top + _LEGEND + _HEAD, right, page.bottom - _AXIS)
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0, color="#222222", linewidth=0.9)
    return axes


def _draw(axes: Axes, rows: list[Contribution], name: str, factor: float) -> None:
    for y, each in enumerate(rows):
        share = each.share.get(name)
        if share is not None and share.mean is not None:
            _draw_share(axes, y, share, factor)
        for found, marker, down in ((each.alone[name], ">", -0.16), (each.left_out[name], "<", 0.16)):
            if found.mean is not None:
                axes.plot(
                    [found.mean * factor],
                    [y + down],
                    marker,
                    color="#222222",
                    markersize=6,
                    zorder=5,
                    label="_mark",
                )


def _draw_share(axes: Axes, y: int, share: Interval, factor: float) -> None:
    mean = (share.mean or 0.0) * factor
    sure_bar(axes, y, mean, GOOD if mean >= 0 else BAD, is_sure=is_sure(share))
    if share.low is not None and share.high is not None:
        span = [share.low * factor, share.high * factor]
        whisker(axes, span, y)


def _draw_legend(page: Page) -> None:
    handles: list[Patch | Line2D] = [
        Patch(color=GOOD, label="fair share"),
        Patch(color=BAD, label="costs more"),
        chance_key(),
    ]
    for marker, label in ((">", "alone, on the base"), ("<", "what the rest lose without it")):
        handles.append(Line2D([], [], marker=marker, linestyle="", color="#222222", label=label))
    page.legend(0.35, handles, 5, 1.2)
