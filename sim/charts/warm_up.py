"""How the number of cases inside comes to its usual state, and where the warm-up ends; a panel each."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.charts.page import MARGIN, WIDTH, make_page, number, short, style
from sim.experiment.warm_up import Settling, WarmUp

_LINE_COLOUR, _CUT_COLOUR, _USUAL_COLOUR = "#0072B2", "#D55E00", "#222222"
_PANEL, _GAP, _AXIS = 1.7, 0.45, 0.55


def plot_warm_up(found: WarmUp) -> Figure:
    """Draw the mean number of cases inside over the pilot, with what is cut off and the mean of the rest."""
    footer = [
        f"Mean over {found.replications} pilot replications of {short(found.name)}, from empty, with the "
        f"values of month 0 throughout; seed {found.seed}. Days have 24 h.",
        "The cut is where the squared standard error of the mean of the rest is smallest [MSER-5], within "
        "the first half of the pilot; where it lies at the bound, nothing stable is seen.",
    ]
    with style():
        n = len(found.types)
        page = make_page(_finding(found), footer, max(1, n) * (_PANEL + _GAP) + _AXIS if n else 1.0)
        if not n:
            page.text(MARGIN, page.top + 0.3, "No case comes before month 0.", size=10, va="top")
        for i, settling in enumerate(found.types):
            top = page.top + i * (_PANEL + _GAP) + 0.25
            axes = page.axes(0.95, top, WIDTH - 0.4, top + _PANEL)
            _draw(axes, settling, found, is_last=i == n - 1)
        return page.figure


def _finding(found: WarmUp) -> str:
    decisive = found.decisive
    if decisive is None:
        return f"{short(found.name)} needs no warm-up: no case comes before month 0"
    if not found.settles:
        names = ", ".join(short(each.case_type, 24) for each in found.types if not each.settles)
        return f"No usual state of {names} is seen within {number(found.pilot_days, 1e3)} days"
    if not found.days:
        return f"{short(found.name)} is in its usual state from the beginning"
    return (
        f"{short(found.name)} is in its usual state after {found.days} days; "
        f"{short(decisive.case_type, 24)} takes longest"
    )


def _draw(axes: Axes, settling: Settling, found: WarmUp, *, is_last: bool) -> None:
    days = np.concatenate(([0.0], settling.days))
    axes.stairs(settling.inside, days, baseline=None, color=_LINE_COLOUR, linewidth=1.2)
    usual = settling.usual
    axes.plot(
        [settling.cut_days, days[-1]], [usual, usual], color=_USUAL_COLOUR, linewidth=1.0, linestyle="--"
    )
    axes.axvspan(0, settling.cut_days, color=_CUT_COLOUR, alpha=0.12, linewidth=0)
    axes.axvline(settling.cut_days, color=_CUT_COLOUR, linewidth=1.2)
    says = f"cut {number(settling.cut_days, 10)} d" if settling.settles else "not stable: half is cut"
    axes.set_title(
        f"{short(settling.case_type)}: {says}, then {number(usual, usual)} cases inside on average",
        loc="left",
        fontsize=10,
        parse_math=False,
    )
    axes.set_xlim(0, found.pilot_days)
    axes.set_ylim(0, max(1e-9, float(settling.inside.max())) * 1.08)
    axes.set_ylabel("cases inside")
    axes.grid(axis="y")
    if is_last:
        axes.set_xlabel("days since the pilot began empty")
    else:
        axes.tick_params(labelbottom=False)
