"""What a run comes to: accounts of cases, tallies, and the figures of one replication.

`accounts` puts every business instant of a case into a class, `tallying` sums up the facts of a run (an
engine may do that itself), `measures` and `people` make figures of the sums; `numbers` reads and integrates
numbers over time. Nothing here knows how a run unfolds or draws luck.
"""

from sim.metrics.accounts import Tiles, classify, classify_window, classify_windows, make_tiles
from sim.metrics.figures import Measure, Measures
from sim.metrics.measures import measures, summarise
from sim.metrics.numbers import breakpoints, integrate, read_number
from sim.metrics.people import capacity
from sim.metrics.tallying import tally

__all__ = [
    "Measure",
    "Measures",
    "Tiles",
    "breakpoints",
    "capacity",
    "classify",
    "classify_window",
    "classify_windows",
    "integrate",
    "make_tiles",
    "measures",
    "read_number",
    "summarise",
    "tally",
]
