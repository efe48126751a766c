"""Break-even: by how much benefits may miss what is assumed before a change is no longer worth it.

Present values are linear in each part, so a part that turns out s times as large as assumed changes the mean
net present value by (s − 1) times its worth.
Not here: sentences (answer).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sim.experiment.appraisal import Appraisal


def benefit_share(found: Appraisal) -> float | None:
    """The share of all benefits that covers the costs; None where there is none (no benefit, or no cost)."""
    benefits, costs = found.pv_benefits.mean or 0.0, found.pv_costs.mean or 0.0
    return costs / benefits if benefits > 0 and costs > 0 else None


def value_share(found: Appraisal) -> float | None:
    """The share of the assumed value of cases at which the net present value is 0.

    None where cases bring no more than in the baseline, or where it is above 0 without them.
    """
    value = math.fsum(_worth(found, ("value",)))
    rest = (found.npv.mean or 0.0) - value
    return -rest / value if value > 0 and rest < 0 else None


def affordable_costs(found: Appraisal) -> float:
    """The present value of costs that the benefits cover."""
    return found.pv_benefits.mean or 0.0


def _worth(found: Appraisal, kinds: Iterable[str]) -> list[float]:
    return [part.worth.mean or 0.0 for part in found.parts if part.kind in kinds]
