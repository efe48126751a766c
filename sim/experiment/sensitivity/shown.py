"""How a figure is called and in which unit people read it: working days, thousands or millions, per cent.

Not here: sentences (cli), pictures (charts).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.experiment.sensitivity.result import About, Sensitivity


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure's name in words, what its values are multiplied with, and the unit they then have."""

    name: str
    factor: float
    unit: str

    @property
    def title(self) -> str:
        """The name with a capital letter."""
        return f"{self.name[0].upper()}{self.name[1:]}"


def shown(found: Sensitivity, about: About) -> Shown:
    """How a figure is shown; of several compared scenarios with the one it is of."""
    name = _name(about)
    if len(found.scenarios) > 2:
        name = f"{name} ({about.scenario})"
    return Shown(name, *_scale(about, found.day_h))


def _name(about: About) -> str:
    figure = about.figure
    if figure.is_money:
        return {"npv": "net present value", "roi": "return on investment"}[figure.metric]
    stem, _, percentile = figure.metric.rpartition("_p")
    metric = f"{stem} P{percentile}" if stem and percentile.isdigit() else figure.metric
    name = f"{metric.replace('_', ' ')} of {figure.of}"
    return f"difference in {name}" if figure.which else name


def _scale(about: About, day_h: float) -> tuple[float, str]:
    metric, unit = about.figure.metric, about.figure.unit
    if metric == "npv":
        largest = max([abs(about.centre.mean or 0.0), *(bar.reach for bar in about.bars)])
        for factor, letter in ((1e-6, "M"), (1e-3, "k")):
            if largest * factor >= 1:
                return factor, f"{letter} {unit}".strip()
        return 1.0, unit
    if metric.startswith("elapsed"):
        return 1 / 24, "days"
    if unit == "h" and metric != "held_hours":
        return 1 / day_h, "d"
    return (day_h, "per d") if unit == "per h" else (1.0, unit)
