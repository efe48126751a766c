"""Scenario files: read, merged, validated, their names checked, their numbers parsed. `load` is the door.

reader      YAML with places, and defences
tree        what the reader makes: plain maps and lists with places
shorthand   the short forms written out
extends     parents, patches, overrides
schema      which keys there are
numbers     the small grammar of durations, money, rates and distributions
conditions  the small grammar of conditions on traits
checks      what names refer to, where flows lead
load        all of it, in order
"""

from sim.scenario.load import Scenario, load, load_beside, load_with_patches

__all__ = ["Scenario", "load", "load_beside", "load_with_patches"]
