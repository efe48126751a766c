"""Explain: what costs most, found by running again without each cause; and what each patch contributes.

    explanation = sim.explain(scenario, replications=20)
    explanation.table                  # one row per cause and kind of gain
    explanation.contributions.table    # of a scenario made of patches

`causes` knows what can be taken away (with `people` and `ways`), `trial` runs without it, `readings` tells
what one would have read off the account instead; `contributions` and `shapley` are about patches;
`explaining` puts it together, `explanation` is what comes out.
Not here: words (cli), pictures (charts), files (report).
"""

from sim.experiment.explain.causes import GROUPS
from sim.experiment.explain.explaining import explain
from sim.experiment.explain.explanation import Explanation, Without

__all__ = ["GROUPS", "Explanation", "Without", "explain"]
