"""The scenarios of tests/behaviour, written by hand for one meaning each, once more with both engines.

Their own assertions are held against the compiled engine's facts, after these are known to be the SimPy
engine's.
"""

from __future__ import annotations

from tests.behaviour.test_constructs import *  # noqa: F403
from tests.behaviour.test_dispatch import *  # noqa: F403
from tests.behaviour.test_flow_rules import *  # noqa: F403
from tests.behaviour.test_hand_worked import *  # noqa: F403
from tests.behaviour.test_no_idle_hands import *  # noqa: F403
from tests.behaviour.test_time_and_arrivals import *  # noqa: F403
