"""What `sim explain` prints of a scenario made of patches: what each contributes, alone and together.

Not here: how that is found (experiment.explain), causes (explain_text).
"""

from __future__ import annotations

from sim.cli.gains_text import cell, money_scale
from sim.cli.layout import Scale, count, drawn, figure, paragraph, short, span, table
from sim.experiment.explain import Explanation
from sim.experiment.explain.contributions import Contribution, Contributions
from sim.experiment.intervals import Interval, is_sure
from sim.scenario.parts import OWN

_NAME = 34
_NOTHING = Interval(None, None, None, 0)


def patches_text(found: Explanation, parts: Contributions) -> list[str]:
    """Paragraphs and tables about patches."""
    days, texts = Scale(1 / found.day_h, "d"), [_head(found, parts)]
    base = figure((parts.before.mean or 0.0) * days.factor)
    texts.append("\n".join(paragraph(_alone(each, base, days)) for each in parts.each))
    texts.append(_table(parts, "lead_time", days, "lead time saved"))
    if "npv" in parts.whole:
        values = [*(each.alone["npv"] for each in parts.each), parts.whole["npv"]]
        texts.append(_table(parts, "npv", money_scale(values, found.currency), "net present value"))
    return [*texts, _note(parts)]


def _head(found: Explanation, parts: Contributions) -> str:
    days = Scale(1 / found.day_h, "d")
    text = (
        f"What its {count(len(parts.parts), 'part')} contribute: on the base, without any of them, "
        f"{found.of} takes {figure((parts.before.mean or 0.0) * days.factor)} d. All together "
        f"{_buys(parts.whole['lead_time'], days, ('buy', 'cost'))}"
    )
    text += " of them"
    if "npv" in parts.whole:
        scale = money_scale([parts.whole["npv"]], found.currency)
        text += f"; their net present value is {span(parts.whole['npv'], scale.factor)} {scale.unit}"
        text += "" if is_sure(parts.whole["npv"]) else ", which may be chance"
    return paragraph(f"{text}.")


def _alone(each: Contribution, base: str, days: Scale) -> str:
    """The sentence for each step that somebody would automate."""
    name = f"{each.part[0].upper()}{each.part[1:]}"
    return f"{name} alone {_buys(each.alone['lead_time'], days, ('buys', 'costs'))} of the {base} d."


def _buys(interval: Interval, scale: Scale, words: tuple[str, str]) -> str:
    """What is bought (or costs more), without claiming what may be chance."""
    buys, costs = words
    mean, low, high = (
        x if x is None else x * scale.factor for x in (interval.mean, interval.low, interval.high)
    )
    if mean is None:
        return f"{buys} what cannot be told, since no case was finished,"
    if low is None or high is None:
        return f"{buys} {figure(mean)} {scale.unit} (one replication: may be chance)"
    if low == high == 0:
        return f"{buys} nothing, in every replication,"
    if not is_sure(interval):
        return f"{buys} nothing that is sure: {span(interval, scale.factor)} {scale.unit}"
    if mean > 0:
        return f"{buys} {figure(mean)} {scale.unit} ({figure(low)} to {figure(high)})"
    return f"{costs} {figure(-mean)} {scale.unit} ({figure(-high)} to {figure(-low)}) more, on top"


def _table(parts: Contributions, name: str, scale: Scale, head: str) -> str:
    whole = parts.whole[name]
    made = table(f"{head} [{scale.unit}]", "alone", "all but it lose", "Shapley share", "of all")
    made.columns[0].no_wrap, made.columns[0].overflow = True, "ellipsis"
    for each in parts.each:
        share = each.share.get(name, _NOTHING)
        cells = (
            cell(each.alone[name], scale.factor),
            cell(each.left_out[name], scale.factor),
            cell(share, scale.factor),
        )
        made.add_row(short(each.part, _NAME), *cells, _percent(share, whole))
    made.add_section()
    made.add_row("all together", cell(whole, scale.factor), "", "", "")
    return drawn(made)


def _percent(share: Interval, whole: Interval) -> str:
    """A share of the whole in percent, where the whole is surely a gain."""
    if share.mean is None or not whole.mean or whole.mean <= 0 or not is_sure(whole):
        return ""
    return f"{100 * share.mean / whole.mean:.0f} %".replace("-", "−")


def _note(parts: Contributions) -> str:
    text = (
        "alone: on the base, without the other parts. all but it lose: what all together gain, less what "
        "they gain without it. Shapley share: the mean of what it adds to those before it, over "
    )
    n = 2 * len(parts.orders.pairs)
    text += (
        "all orders; the shares sum to the whole."
        if parts.orders.is_exact
        else f"{n} orders that were drawn, a chance that the intervals hold; the shares sum to the whole."
    )
    if OWN in parts.parts:
        text += f" {OWN}: what the file itself sets beside its patches, such as when they come into use."
    if parts.always:
        text += (
            f" {OWN} are in every run, the base included: without them the patches cannot be put together."
        )
    return paragraph(text)
