"""What if: one scenario turned by levers and patches, answered at once and ever more surely.

    what_if = WhatIf(Path("scenarios/current_state.yaml"), [Path("scenarios/patches/tool_image.yaml")])
    settings = what_if.checked({"values": {"compliance.size": 4}, "patches": ["Tool image"]})
    for answer in what_if.answers(settings):
        ...                                    # 8 replications, then 25, 50, 100, 200

settings   what is turned, and how an address says it
checking   what a page tells, held against what there is
choices    patches and other scenarios that may be put in place
turned     a setting as a scenario, and as a file that says the differences
variant    a scenario with the replications of it that are finished
pool       who runs replications, for all who ask at once
figures    key figures before and after, with intervals
answer     what an answer holds; the settings tried so far
asking     `WhatIf`: from a setting to answers

Not here: pages and servers (web), files that are written (report).
"""

from sim.experiment.what_if.answer import Answer, Point, Tried, frontier
from sim.experiment.what_if.asking import LADDER, WhatIf
from sim.experiment.what_if.choices import Patch
from sim.experiment.what_if.figures import Figure
from sim.experiment.what_if.settings import Settings

__all__ = ["LADDER", "Answer", "Figure", "Patch", "Point", "Settings", "Tried", "WhatIf", "frontier"]
