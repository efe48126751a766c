"""A sensitivity analysis as one document, and as what its folder keeps.

Not here: the analysis (experiment.sensitivity), the folder (study_folder), the pictures (charts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.experiment.intervals import Interval
from sim.experiment.sensitivity import About, Sensitivity
from sim.experiment.sensitivity.indices import Index
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.result import named
from sim.experiment.sensitivity.spread import PERCENTS, Spread
from sim.experiment.sensitivity.tornado import Bar, End
from sim.experiment.sensitivity.worth import Worth
from sim.report.study_folder import Study

if TYPE_CHECKING:
    from sim.charts.page import Drawing

Entry = dict[str, object]


def sensitivity_document(found: Sensitivity) -> Entry:
    """All of it, as JSON takes it; the names stand in docs/sensitivity.md."""
    return {
        "scenarios": list(found.scenarios),
        "seed": found.seed,
        "engine": found.engine,
        "complete": found.is_complete,
        "method": found.method,
        "inputs_lie": found.shape,
        "replications_at_an_end": found.replications,
        "replications_at_a_point": found.per_point,
        "samples": found.samples,
        "refused": found.refused,
        "refused_because": found.why,
        "left_out": list(found.left_out),
        "assumptions": [_input(each, found.scenarios) for each in found.inputs],
        "figures": [_about(each, found) for each in found.abouts],
        "decision": _decision(found),
    }


def sensitivity_study(
    found: Sensitivity, scenarios: Mapping[str, str], data_files: Mapping[str, bytes]
) -> Study:
    """What is kept of an analysis; `scenarios` are the resolved texts by name."""
    tables = {
        "tornado": found.tornado,
        "indices": found.indices,
        "spread": found.spread,
        "worth": found.worth,
        "sample": found.sample,
    }
    return Study(
        kind="sensitivity",
        document=sensitivity_document(found),
        tables={name: table for name, table in tables.items() if len(table)},
        pictures=_pictures(found),
        scenarios=scenarios,
        seed=found.seed,
        engine=found.engine,
        replications=found.replications,
        incomplete="" if found.is_complete else "interrupted",
        data_files=data_files,
    )


def _pictures(found: Sensitivity) -> dict[str, Drawing]:
    from sim.charts.sobol_indices import plot_sobol_indices
    from sim.charts.spread import plot_spread
    from sim.charts.tornado import plot_tornado

    drawn: dict[str, Drawing] = {}
    for about in found.abouts:
        own = f"_{_stem(about.scenario)}" if len(found.scenarios) > 2 else ""
        name = f"{_stem(about.title)}{own}"
        if about.bars:
            drawn[f"tornado_{name}"] = plot_tornado(found, about)
        if about.indices:
            drawn[f"indices_{name}"] = plot_sobol_indices(found, about)
            drawn[f"spread_{name}"] = plot_spread(found, about)
    return drawn


def _stem(name: str) -> str:
    from sim.report.run_folder import slug

    return slug(name).replace("-", "_")


def _input(moved: Input, scenarios: tuple[str, ...]) -> Entry:
    return {
        "name": moved.name,
        "present": moved.present,
        "low": moved.low,
        "high": moved.high,
        "unit": moved.unit,
        "source": moved.source,
        "moves_in": [scenarios[index] for index, _ in moved.moves],
        "stays_in": [scenarios[index] for index in moved.stays],
    }


def _about(about: About, found: Sensitivity) -> Entry:
    figure, fit = about.figure, about.fit
    return {
        **named(about),
        "difference_to": found.scenarios[0] if figure.which else None,
        "centre": _interval(about.centre),
        "tornado": [_bar(bar) for bar in about.bars],
        "indices": [_index(moved, each) for moved, each in zip(found.inputs, about.indices, strict=False)],
        "spread": [_spread(each) for each in about.spreads],
        "variance_by_assumptions": None if fit is None else fit.variance,
        "luck_share": None if fit is None else fit.luck_share,
        "surface_quality": None if fit is None else fit.quality,
        "points": 0 if fit is None else fit.n,
        "undefined_points": 0 if fit is None else fit.undefined,
    }


def _bar(bar: Bar) -> Entry:
    return {
        "assumption": bar.input.name,
        "low": _end(bar.low),
        "high": _end(bar.high),
        "swing": _interval(bar.swing),
    }


def _end(end: End) -> Entry:
    return {
        "value": end.value,
        "change": _interval(end.change),
        "verdict": end.verdict,
        "refused_farther": end.reason,
    }


def _index(moved: Input, index: Index) -> Entry:
    return {"assumption": moved.name, "first": _interval(index.first), "total": _interval(index.total)}


def _spread(spread: Spread) -> Entry:
    return {
        "over": spread.over,
        "mean": spread.mean if spread.n else None,
        "standard_deviation": spread.deviation,
        **{f"p{p}": _interval(each) for p, each in zip(PERCENTS, spread.percentiles, strict=True)},
        "probability_above_0": _interval(spread.above),
        "n": spread.n,
    }


def _decision(found: Sensitivity) -> Entry | None:
    decision = found.decision
    if decision is None:
        return None
    return {
        "go_with": found.scenarios[decision.best] if decision.best else None,
        "mean_npv": dict(zip(found.scenarios[1:], decision.means, strict=False)),
        "currency": found.currency,
        "value_of_perfect_information": _worth(decision.everything),
        "by_assumption": {
            moved.name: _worth(each) for moved, each in zip(found.inputs, decision.inputs, strict=True)
        },
    }


def _worth(worth: Worth) -> Entry:
    return {**_interval(worth.value), "standard_error": worth.error}


def _interval(found: Interval) -> Entry:
    return {"mean": found.mean, "low": found.low, "high": found.high, "n": found.n}
