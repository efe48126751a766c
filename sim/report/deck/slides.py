"""Which slides a deck has, and what stands on each.

Not here: how pieces and charts are made (pieces, charts), what a report says (document, so_what).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sim.experiment.compare import Difference
from sim.records import GROUPS
from sim.report import so_what
from sim.report.assumptions import AssumptionRow
from sim.report.deck import charts
from sim.report.deck.charts import Series
from sim.report.deck.pieces import (
    BODY,
    MARGIN,
    SOFT,
    WIDTH,
    Slide,
    Words,
    bullets,
    panel,
    shortened,
    table,
    text,
)
from sim.report.document import Case, Document
from sim.report.method import left_out, method
from sim.report.words import clean, plain

Fill = Callable[[Slide], object]

_ROOM = WIDTH - 2 * MARGIN
_ROWS = 13
"""Lines of a table that a slide has room for."""
_ASSUMPTIONS, _ASSUMPTION_SLIDES = 11, 4


def slides(document: Document) -> Iterator[tuple[str, Fill]]:
    """Each slide's title, and what fills it."""
    yield document.answer.headline, lambda slide: _answer(slide, document)
    yield from _of_time(document)
    yield from _of_money(document)
    yield "What must be true for this", lambda slide: bullets(slide, _must(document))
    yield "How it was found", lambda slide: bullets(slide, _method(document), size=16)
    yield "What it leaves out, and how to repeat it", lambda slide: bullets(slide, _rest(document))
    yield from _of_assumptions(document)


def _of_time(document: Document) -> Iterator[tuple[str, Fill]]:
    subject = document.subject
    if len(subject.alternatives) > 1:
        title = _finding(so_what.of_all_money(subject), "") if subject.has_money else ""
        yield title or "All scenarios, on the same luck", lambda slide: _all(slide, document)
    if any(subject.of_cases(each.name, "lead_time").mean is not None for each in subject.stored.results):
        title = _finding(so_what.of_time_spent(subject), "Where the time goes")
        yield title, lambda slide: _time(slide, document)
    if document.groups:
        title = _finding(so_what.of_days(document.groups), "From today to tomorrow")
        yield title, lambda slide: _days(slide, document)


def _of_money(document: Document) -> Iterator[tuple[str, Fill]]:
    best = document.subject.best
    if document.cases and best is not None:
        case = document.cases[0]
        title = _finding(so_what.of_net_benefit(document.subject, best), "Benefits and costs by year")
        yield title, lambda slide: _years(slide, case)
        worth = _finding(so_what.of_worth(document.subject, best), "The business case")
        yield worth, lambda slide: _business_case(slide, case)


def _finding(sentence: str, otherwise: str) -> str:
    """The sentence of a chart as a title."""
    told = sentence.removeprefix("So what: ")
    return told[0].upper() + told[1:] if told else otherwise


def _must(document: Document) -> list[str]:
    beware = [f"Before you use these figures: {each}" for each in document.caveats]
    return [*document.answer.must, *beware]


def _method(document: Document) -> list[str]:
    return [f"{head}: {told}" for head, told in method(document.subject)]


def _rest(document: Document) -> list[str]:
    manifest = document.subject.stored.manifest
    command = f"Repeat it: {manifest.command} (sim {manifest.versions.get('sim')})"
    return [*left_out(document.subject), shortened(command, 400)]


# --- the answer, and all scenarios


def _answer(slide: Slide, document: Document) -> None:
    """The key figures side by side, and the decision asked for."""
    figures = document.key_figures
    gap, n = 0.15, max(1, len(figures))
    width = (_ROOM - gap * (n - 1)) / n
    for i, each in enumerate(figures):
        before = f"{each.before} → " if each.before else ""
        small = [part for part in (each.change, *each.ranges, each.verdict) if part]
        words = [
            Words(each.label, 13, colour=SOFT, after=4),
            Words(f"{before}{each.value}", 18, is_bold=True, after=6),
            *(Words(part, 13, colour=SOFT, after=2) for part in small),
        ]
        panel(slide, words, (MARGIN + i * (width + gap), BODY + 0.1, width, 2.9))
    ask = shortened(document.answer.ask.replace("`", ""), 420)
    size = 18 if len(ask) < 300 else 15
    asked = [Words("The decision asked for", size, is_bold=True, after=4), Words(ask, size)]
    text(slide, asked, (MARGIN, BODY + 3.2, _ROOM, 1.8))


def _all(slide: Slide, document: Document) -> None:
    """Every scenario in one table, that to look at first in bold."""
    lines, heads, first = document.lines[:_ROWS], document.heads, 2.6
    # a column is as wide as its longest word; the net present value has its interval beside it
    shares = [17 if head == "NPV" else max(6, *map(len, head.split())) for head in heads]
    rest = [(_ROOM - first) * (share + 3) / (sum(shares) + 3 * len(heads)) for share in shares]
    rows = [[shortened(line.name, 60), *map(plain, line.cells)] for line in lines]
    best = [i for i, line in enumerate(lines) if line.is_best]
    alt = "Every scenario with its lead time, process efficiency, throughput and worth."
    table(slide, ["scenario", *heads], rows, [first, *rest], alt, size=12, bold=best)


# --- where the time goes


def _time(slide: Slide, document: Document) -> None:
    """Stacked bars: where the time of a case goes, a bar for each scenario."""
    subject = document.subject
    names = [result.name for result in subject.stored.results]
    rows = [
        [
            sum(subject.of_cases(name, f"time_{each.name.lower()}").mean or 0.0 for each in classes)
            * subject.days.factor
            for name in names
        ]
        for classes in GROUPS.values()
    ]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    decimals = charts.decimals(totals)
    form = charts.form(decimals, smallest=0.03 * max(totals))
    series = [
        Series(group, values, colour, form)
        for group, values, colour in zip(GROUPS, rows, charts.GROUP_COLOURS, strict=True)
    ]
    told = [
        f"{shortened(name, 30)}: {f'{total:,.{decimals}f}' if total else 'none finished'}"
        for name, total in zip(names, totals, strict=True)
    ]
    alt = f"Working days a {subject.case_type} takes, by what they go to, for each scenario."
    charts.stacked_bars(slide, told, series, alt, "working days per case (in all: beside the name)")


def _days(slide: Slide, document: Document) -> None:
    """A waterfall from the baseline's lead time to the other's, group by group."""
    best = document.subject.best
    assert best is not None
    names, bases, wholes, less, more = waterfall(document.groups, document.subject.days.factor)
    decimals = charts.decimals(wholes)
    smallest = 10**-decimals / 2
    whole, fall, rise = (charts.form(decimals, smallest=smallest, sign=sign) for sign in ("", "−", "+"))
    series = [
        Series(charts.UNSEEN, bases, ""),
        Series("lead time", wholes, charts.WHOLE, whole),
        Series("less", less, charts.LESS, fall),
        Series("more", more, charts.MORE, rise),
    ]
    alt = "Waterfall from the lead time of the baseline to that of the scenario, by group of causes."
    ends = (document.subject.baseline.name, best.name)
    unit = "working days per case (not from 0)"
    chart = charts.stacked_columns(slide, [ends[0], *names, ends[1]], series, alt, unit)
    lowest, highest = min(bases[1:-1]), max(wholes)
    chart.value_axis.minimum_scale = max(0.0, float(round(lowest - (highest - lowest) - 0.5)))


def waterfall(
    groups: Sequence[Difference], factor: float
) -> tuple[list[str], list[float], list[float], list[float], list[float]]:
    """Names of the steps; below each what is not drawn; whole bars at both ends; falls and rises."""
    level = factor * sum(row.baseline for row in groups)
    bases, wholes, less, more = [0.0], [level], [0.0], [0.0]
    for row in groups:
        change = factor * (row.interval.mean or 0.0)
        bases.append(min(level, level + change))
        wholes.append(0.0)
        less.append(max(0.0, -change))
        more.append(max(0.0, change))
        level += change
    return [row.metric for row in groups], [*bases, 0.0], [*wholes, level], [*less, 0.0], [*more, 0.0]


# --- money


def _years(slide: Slide, case: Case) -> None:
    """Benefits, costs, and what is left so far, by year."""
    unit, cash = case.unit, case.table
    names = ["initial", *(f"year {year}" for year in range(1, len(cash.net.years) + 1))]
    form = charts.form(unit.decimals or 0)
    rows = [(each.initial, *each.years) for each in (cash.benefits[-1], cash.costs[-1])]
    series = [
        Series(name, [unit.factor * each for each in amounts], colour, form)
        for name, amounts, colour in (
            ("benefits", rows[0], "0072B2"),
            ("costs", rows[1], "E69F00"),
            ("net benefit so far", cash.cumulative, "666666"),
        )
    ]
    alt = f"Benefits, costs and the net benefit so far of {clean(case.name)}, by year, not discounted."
    charts.columns(slide, names, series, alt, f"{unit.name}, not discounted")


def _business_case(slide: Slide, case: Case) -> None:
    """The business case as a native table, and its figures below."""
    rows = case.table.rows
    if len(rows) > _ROWS - 2:
        rows = (case.table.benefits[-1], case.table.costs[-1], case.table.net)
    heads = [case.unit.name, "initial", *(f"year {i}" for i, _ in enumerate(rows[0].years, 1)), "total", "PV"]
    cells = [
        [
            shortened(row.label, 45),
            *(case.unit.number(each) for each in (row.initial, *row.years, row.total, row.present_value)),
        ]
        for row in rows
    ]
    widths = [4.0, *[(_ROOM - 4.0) / (len(heads) - 1)] * (len(heads) - 1)]
    bold = [i for i, row in enumerate(rows) if row.is_total]
    alt = f"The business case of {clean(case.name)} by year: benefits, costs, net. PV: present value."
    size = 14 if len(heads) <= 8 else 11
    bottom = table(slide, heads, cells, widths, alt, size=size, bold=bold) + 0.25
    figures = [Words(f"{label}: {told}", 13, after=2) for label, told in case.figures]
    half = (len(figures) + 1) // 2
    for left, part in ((MARGIN, figures[:half]), (MARGIN + _ROOM / 2, figures[half:])):
        if part:
            text(slide, part, (left, bottom, _ROOM / 2, 1.0))


# --- assumptions


def _of_assumptions(document: Document) -> Iterator[tuple[str, Fill]]:
    """As many as a few slides have room for, with a word on where the others are."""
    rows = document.assumptions
    n = min(_ASSUMPTION_SLIDES, -(-len(rows) // _ASSUMPTIONS))
    left = len(rows) - n * _ASSUMPTIONS
    for i in range(n):
        part = f" ({i + 1} of {n})" if n > 1 else ""
        more = f"; {left:,} more stand in the page" if left > 0 and i == n - 1 else ""
        yield f"What was assumed{part}{more}", _assumed(rows[i * _ASSUMPTIONS : (i + 1) * _ASSUMPTIONS])


def _assumed(rows: Sequence[AssumptionRow]) -> Fill:
    """A table of assumptions, with what differs between scenarios told beside its name."""
    cells = [
        (
            shortened(row.name if not row.scenarios else f"{row.name} [{', '.join(row.scenarios)}]", 70),
            shortened(row.value, 60),
            shortened(row.range, 32) if row.range else "",
            shortened(row.source, 95) if row.source else "",
        )
        for row in rows
    ]
    heads, widths = ("assumption", "value", "range", "source"), (3.6, 2.6, 2.0, _ROOM - 8.2)
    alt = "Assumptions with value, range and source."
    return lambda slide: table(slide, heads, cells, widths, alt, size=11, n_texts=4)
