"""The net benefit of a change as it adds up over the years: its mean, and how far replications lie apart.

Amounts are not discounted, and even within a year, as in the payback time.
Not here: present values (economics.cash_flow), pictures (charts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.appraisal import Appraisal

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """What has come in less what was spent, at instants; all of shape (n_instants,).

    `years` ascend; where something is paid once, there is one just before it and one at it. `p10` and `p90`
    are percentiles over the replications at that instant.
    """

    years: Floats
    mean: Floats
    p10: Floats
    p90: Floats


def net_benefit(appraisal: Appraisal) -> NetBenefit:
    """The net benefit at each month, and where something is paid."""
    case = appraisal.mean_case
    months = np.arange(12 * len(case.costs) + 1) / 12
    paid = np.array([time for time, amount in case.investments if amount])
    years = np.unique(np.concatenate((months, paid, np.nextafter(paid, -np.inf))))
    rows = np.array([each.balance(years.tolist()) for each in appraisal.cases])
    p10, p90 = np.percentile(rows, (10, 90), axis=0)
    return NetBenefit(years, np.array(case.balance(years.tolist())), p10, p90)
