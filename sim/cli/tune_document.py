"""A search as one document, for `--json` and `result.json`.

Not here: the search (experiment.tune), its words (tune_text).
"""

from __future__ import annotations

import json

from sim.cli.tune_text import guarantee_text
from sim.experiment.intervals import Interval
from sim.experiment.tune import Candidate, Step, Tuning
from sim.experiment.tune.tuning import column_name


def tune_entries(found: Tuning) -> dict[str, object]:
    """A search as plain values."""
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
        "guarantee": guarantee_text(found).replace("\n", " "),
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
