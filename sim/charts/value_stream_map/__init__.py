"""The value-stream map: where a case's time goes along its flow, today above tomorrow.

`plot_value_stream_map` makes the page, `plot_value_stream_pages` one for each scenario, as slides need it;
`value_stream_layout` gives where everything stands on a map, as plain data. The numbers of a station are
means over replications, per finished case; in the ladder parallel branches count once, so its rungs add up to
the lead time (metrics.value_stream).
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.charts.page import MARGIN, empty_page, make_page, number, provenance, short, style
from sim.charts.value_stream_map.canvas import Canvas
from sim.charts.value_stream_map.drawing import Map, draw_map
from sim.charts.value_stream_map.figures import (
    Figures,
    change,
    duration,
    mean,
    numbered,
)
from sim.charts.value_stream_map.ladder import COLOURS, HEIGHT, draw_ladder, rungs
from sim.charts.value_stream_map.layout import N_ROWS, N_ROWS_LANE, Layout, fits_one_row, lay_out
from sim.charts.value_stream_map.structure import Structure, structure_of
from sim.charts.value_stream_map.words import plain, unbroken, width_of
from sim.experiment.intervals import is_sure
from sim.experiment.replicate import Result
from sim.experiment.value_streams import ValueStream, value_stream_of

WIDTH = 13.33  # of a slide [inches]
MAP = WIDTH - 2 * MARGIN
MOST_LEVELS = 8
_HEADING, _BETWEEN, _LEGEND = 0.24, 0.12, 0.26

__all__ = ["plot_value_stream_map", "plot_value_stream_pages", "value_stream_layout", "value_stream_places"]


def plot_value_stream_map(
    results: Sequence[Result], of: str, *, depth: int | None = None, width: float = WIDTH
) -> Figure:
    """Draw the value stream of a case type or a flow, one map per scenario, all on one scale.

    Parameters
    ----------
    results
        The first is the baseline (today) that the others are compared with. Their replications are run again
        for what is not kept of them.
    of
        The name of a case type, or of a flow as defined, wherever it is called.
    depth
        How many levels of called flows and branches are opened; the others are a box each. By default as many
        as still stand in one row.
    width
        Of the page [inches]. Letters keep their size; what does not stand in one row goes on in the next.

    Raises
    ------
    ValueError
        There is no result, or a scenario has neither a case type nor a flow of that name.
    """
    return draw_value_streams(_streams(results, of), depth=depth, width=width)


def plot_value_stream_pages(
    results: Sequence[Result], of: str, *, depth: int | None = None, width: float = WIDTH
) -> list[Figure]:
    """The same, each map on a page of its own: two long maps are too small to read on one slide.

    Stations are numbered and the ladders drawn alike on all pages.
    """
    streams = _streams(results, of)
    first, *others = figures_of(streams, depth=depth, width=width)
    with style():
        if not first.stream.counted and not any(each.stream.counted for each in others):
            return [empty_page(of, [provenance([stream.result for stream in streams])])]
        maps = maps_of([first, *others], width=width)
        told = [[first], *([first, each] for each in others)]
        return [
            _page([drawn], _finding(pair, of), _footer(pair), _scale(maps), width)
            for drawn, pair in zip(maps, told, strict=True)
        ]


def draw_value_streams(
    streams: Sequence[ValueStream], *, depth: int | None = None, width: float = WIDTH, title: str = ""
) -> Figure:
    """The maps of value streams that are known, on one page; without a title it states what is found."""
    of = streams[0].of
    all_figures = figures_of(streams, depth=depth, width=width)
    with style():
        if not any(stream.counted for stream in streams):
            return empty_page(of, [provenance([stream.result for stream in streams])])
        maps = maps_of(all_figures, width=width)
        finding = title or _finding(all_figures, of)
        return _page(maps, finding, _footer(all_figures), _scale(maps), width)


def _streams(results: Sequence[Result], of: str) -> list[ValueStream]:
    if not results:
        raise ValueError("there is nothing to draw: give at least one result")
    return [value_stream_of(result, of) for result in results]


def value_stream_layout(result: Result, of: str, *, depth: int | None = None) -> Layout:
    """Where everything stands on the map of a scenario alone, in inches."""
    return value_stream_places(result, of, depth=depth)[1]


def value_stream_places(result: Result, of: str, *, depth: int | None = None) -> tuple[Structure, Layout]:
    """The stations of a scenario's map, and where they stand."""
    kind = "case" if of in [row.name for row in result.plan.case_types] else "flow"
    if depth is None:
        depth = _deepest([(result, kind)], of, MAP)
    structure = structure_of(result.plan, of, kind, depth)
    return structure, lay_out(structure, MAP)


def figures_of(
    streams: Sequence[ValueStream], *, depth: int | None = None, width: float = WIDTH
) -> list[Figures]:
    """The numbers of each stream at one depth."""
    of = streams[0].of
    if depth is None:
        depth = _deepest([(stream.result, stream.kind) for stream in streams], of, _room(width))
    return [
        Figures.of(stream, structure_of(stream.result.plan, of, stream.kind, depth)) for stream in streams
    ]


def maps_of(all_figures: Sequence[Figures], *, width: float = WIDTH) -> list[Map]:
    """The maps of a page, the first one the baseline."""
    numbers = numbered(all_figures)
    first = all_figures[0]
    maps = []
    for figures in all_figures:
        is_paired = figures is not first and figures.stream.result.seed == first.stream.result.seed
        before = first if is_paired and first.stream.counted else None
        has_out = any(not way.target for way in figures.structure.ways)
        n_changes = int(before is not None)
        rows = {"n_rows": N_ROWS + has_out + n_changes, "n_rows_lane": N_ROWS_LANE + n_changes}
        maps.append(Map(figures, lay_out(figures.structure, _room(width), **rows), numbers, before))
    return maps


def _room(width: float) -> float:
    return width - 2 * MARGIN


def _deepest(plans: Sequence[tuple[Result, str]], of: str, room: float) -> int:
    """The greatest depth at which all maps stand in one row."""
    best = 0
    for depth in range(MOST_LEVELS):
        found: list[Structure] = [structure_of(result.plan, of, kind, depth) for result, kind in plans]
        if not all(fits_one_row(structure, room) for structure in found):
            break
        best = depth
        if not any(structure.is_folded for structure in found):
            break
    return best


def _map_height(drawn: Map) -> float:
    return _HEADING + drawn.layout.height + 0.1 + HEIGHT


def _scale(maps: Sequence[Map]) -> float:
    """The longest mean lead time of all maps [hours], as wide as there is room."""
    return max(mean(drawn.figures.lead_time) for drawn in maps) or 1.0


def _page(maps: Sequence[Map], finding: str, footer: Sequence[str], scale: float, width: float) -> Figure:
    """A page of maps below each other."""
    entries = _legend(maps)
    first = short(maps[0].figures.stream.result.name, 60)
    needed = width_of(first, 12, bold=True) + 0.4 + sum(room for _, room in entries)
    above = _LEGEND if needed > _room(width) else 0.0  # the legend has a line of its own
    heights = [_map_height(drawn) for drawn in maps]
    body = above + sum(heights) + _BETWEEN * (len(maps) - 1)
    page = make_page(_title(finding), footer, body, width=width)
    axes = page.figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, page.width)
    axes.set_ylim(float(page.figure.get_figheight()), 0)
    axes.set_axis_off()
    _draw_legend(Canvas(axes, MARGIN, page.top), entries, 0.0 if above else _room(width))
    top = page.top + above
    for drawn, height in zip(maps, heights, strict=True):
        _draw_one(Canvas(axes, MARGIN, top), drawn, scale, _room(width))
        top += height + _BETWEEN
    return page.figure


def _draw_one(canvas: Canvas, drawn: Map, scale: float, room: float) -> None:
    """A map with its heading above and its ladder below."""
    canvas.text(0, 0.11, short(drawn.figures.stream.result.name, 60), fontsize=12, weight="bold")
    if not drawn.figures.stream.counted:
        canvas.text(0, 0.4, "no finished case", fontsize=10, style="italic")
        return
    below = Canvas(canvas.axes, canvas.left, canvas.top + _HEADING)
    draw_map(below, drawn)
    draw_ladder(below, drawn, drawn.layout.height + 0.1, room, scale)


def _legend(maps: Sequence[Map]) -> list[tuple[str, float]]:
    """The parts that occur, each with the room that its entry takes [inches]."""
    seen = {part for drawn in maps for rung in rungs(drawn) for part, _ in rung.parts}
    return [(name, 0.2 + width_of(name, 8) + 0.18) for name in COLOURS if name in seen]


def _draw_legend(canvas: Canvas, entries: Sequence[tuple[str, float]], right: float) -> None:
    """The colours, up to a right edge, or from the left one on."""
    x = max(0.0, right - sum(room for _, room in entries))
    for name, room in entries:
        canvas.rectangle(x, 0.05, 0.15, 0.12, facecolor=COLOURS[name], linewidth=0)
        canvas.text(x + 0.2, 0.115, name, fontsize=8)
        x += room


def _title(finding: str) -> str:
    return unbroken(finding[:1].upper() + finding[1:])


def _finding(all_figures: Sequence[Figures], of: str) -> str:
    name = short(plain(of))
    drawn = [figures for figures in all_figures if figures.stream.counted]
    first = drawn[0]
    day_h = first.day_h
    others = [each for each in drawn[1:] if each.stream.result.seed == first.stream.result.seed]
    if first is not all_figures[0] or not others:
        return _finding_of_one(first, name)
    other = min(others, key=lambda each: mean(each.lead_time))
    before, after = mean(first.lead_time), mean(other.lead_time)
    a, b = short(first.stream.result.name, 32), short(other.stream.result.name, 32)
    if not is_sure(change(first.lead_time, other.lead_time)):
        told = f"{_days(after, day_h, before)} and {_days(before, day_h, before)} d"
        return f"{name}: no sure difference in lead time between {b} and {a}, {told}"
    figures = f"{_days(after, day_h, before)} working days instead of {_days(before, day_h, before)}"
    if before < day_h:
        figures = f"{duration(after, day_h)} of working time instead of {duration(before, day_h)}"
    work = mean(other.worked) - mean(first.worked)
    parts = (_more(after - before - work, day_h, "waiting"), _more(work, day_h, "work"))
    return f"{name} takes {figures} in {b}: {', '.join(parts)}"


def _more(hours: float, day_h: float, what: str) -> str:
    return f"{duration(abs(hours), day_h)} {'less' if hours < 0 else 'more'} {what}"


def _finding_of_one(figures: Figures, name: str) -> str:
    lead, worked = mean(figures.lead_time), mean(figures.worked)
    day_h = figures.day_h
    if not lead:
        return f"{name} takes no working time in {short(figures.stream.result.name, 32)}"
    longest = max(figures.structure.stations(), key=lambda each: mean(figures.wait(each.key)), default=None)
    adding = mean(figures.adding)
    if lead >= day_h:
        work, value = (_days(each, day_h, lead) for each in (worked, adding))
        start = (
            f"Of the {_days(lead, day_h, lead)} working days of {name}, {work} are work and {value} add value"
        )
    else:
        times = [duration(each, day_h) for each in (lead, worked, adding)]
        start = f"Of the {times[0]} of working time of {name}, {times[1]} are work and {times[2]} add value"
    if longest is None or mean(figures.wait(longest.key)) == 0:
        return start
    wait = duration(mean(figures.wait(longest.key)), day_h)
    return f"{start}; the longest wait, {wait}, is at {short(plain(longest.name), 32)}"


def _days(hours: float, day_h: float, scale_h: float) -> str:
    return number(hours / day_h, scale_h / day_h)


def _footer(all_figures: Sequence[Figures]) -> list[str]:
    first = all_figures[0].stream
    what = "cases" if first.kind == "case" else "passages through the flow"
    n = "; ".join(
        f"{short(figures.stream.result.name)} {sum(t.counted for t in figures.stream.tallies.values()):,}"
        for figures in all_figures
    )
    paired = "; ± half of the 95 % interval of the paired difference, told where it is sure"
    return [
        "Boxes: working time per finished case, all visits together"
        + (paired if len(all_figures) > 1 else "")
        + "; %C&A: visits that nothing later sent back to; people in the team, and how busy they are; "
        "out: visits that end or leave here. Triangles: mean number waiting. Ladder: adds up to the lead "
        f"time; of branches side by side the one worked on counts. 1 d = {all_figures[0].day_h:g} h.",
        f"Finished {what}: {n}. " + provenance([figures.stream.result for figures in all_figures]),
    ]
