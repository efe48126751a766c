"""Random small scenarios (tests/strategies.py) in both engines.

`SIM_SCENARIOS=10000 pytest tests/differential/test_generated.py` runs so many instead of 200, other ones
each time.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.errors import EngineError
from sim.plan import compile_plan
from sim.scenario.load import load
from tests.differential.both import run_both
from tests.differential.features import features
from tests.strategies import scenarios, write

ASKED = int(os.environ.get("SIM_SCENARIOS", "0"))
MANY = settings(
    max_examples=ASKED or 200,
    deadline=None,
    derandomize=not ASKED,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PAGE = Path(__file__).parents[2] / "docs" / "engines.md"
ROW = re.compile(r"^\| ([^|]+?) +\| yes +\| yes +\| (generated|by hand) +\|$", re.MULTILINE)


def documented(how: str) -> set[str]:
    """The constructs that docs/engines.md lists as held equal that way."""
    return {
        name for names, which in ROW.findall(PAGE.read_text()) if which == how for name in names.split(", ")
    }


def test_both_engines_tell_the_same(tmp_path):
    """And what these scenarios reach is what docs/engines.md says, in nearly every pair."""
    pairs: Counter[tuple[str, str]] = Counter()

    @MANY
    @given(tree=scenarios(), seed=st.integers(0, 2**32 - 1), replication=st.integers(0, 3))
    def hold(tree, seed, replication):
        plan = compile_plan(load(write(tree, tmp_path)))
        pairs.update(combinations(sorted(features(plan)), 2))
        try:
            facts = run_both(plan, seed, replication)
        except EngineError:
            return  # both say why, with the same words
        assert len(facts.events) >= len(facts.cases)

    hold()
    reached = {name for pair in pairs for name in pair}
    assert reached <= documented("generated")
    assert len(documented("generated") - reached) <= 2  # a rare one may not be among so few
    missing = [pair for pair in combinations(sorted(reached), 2) if not pairs[pair]]
    assert len(missing) <= 0.005 * len(reached) ** 2 / 2, missing
