"""What a run comes to: accounts of cases, and the figures of one replication.

`accounts` puts every business instant of a case into a class, `summary` and `teams` make figures of them,
`numbers` reads and integrates numbers over time. Nothing here knows how a run unfolds or draws luck.
"""

from sim.metrics.accounts import Tiles, classify, classify_window, classify_windows, make_tiles
from sim.metrics.numbers import breakpoints, integrate, read_number
from sim.metrics.summary import summarise
from sim.metrics.teams import capacity, leaving_time
from sim.metrics.view import Measure, View, view

__all__ = [
    "Measure",
    "Tiles",
    "View",
    "breakpoints",
    "capacity",
    "classify",
    "classify_window",
    "classify_windows",
    "integrate",
    "leaving_time",
    "make_tiles",
    "read_number",
    "summarise",
    "view",
]
