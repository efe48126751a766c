"""The normal distribution: quantile, density, probability of an interval.

The quantile is algorithm AS 241 (PPND16): Wichura, The Percentage Points of the Normal Distribution, Applied
Statistics 37 (1988), 477-484; relative accuracy about 1e-16 for 1e-316 < u < 1 − 1e-16.
"""

from __future__ import annotations

import math


def normal_quantile(u: float) -> float:
    """The z below which a standard normal variable lies with probability u; 0 < u < 1, not checked."""
    q = u - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727 * r + 33430.575583588128105
        top = ((top * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125
        top = ((top * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
        low = 5226.495278852545925 * r + 28729.085735721942674
        low = ((low * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077
        low = ((low * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
        return q * top / low
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
        top = ((top * r + 0.24178072517745061177) * r + 1.27045825245236838258) * r + 3.64784832476320460504
        top = ((top * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734
        low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
        low = ((low * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r + 0.68976733498510000455
        low = ((low * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        top = (
            (top * r + 0.0012426609473880784386) * r + 0.026532189526576123093
        ) * r + 0.29656057182850489123
        top = ((top * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772
        low = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
        low = ((low * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
        low = ((low + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769
        low = low * r + 1.0
    return -top / low if q < 0.0 else top / low


def normal_density(z: float) -> float:
    """Density of a standard normal variable at z; 0 at ±infinity."""
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def normal_mass(low: float, high: float) -> float:
    """Probability of low .. high under the standard normal distribution, from the smaller tails."""
    if low > 0.0:
        low, high = -high, -low
    root = math.sqrt(2.0)
    return 0.5 * (math.erfc(-high / root) - math.erfc(-low / root))
