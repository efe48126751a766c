"""Scenario files: read, merged, validated, their names checked, their numbers parsed. `load` is the door.

reader       YAML with places, and defences
tree         what the reader makes: plain maps and lists with places
shorthand    the short forms written out
extends      which files a scenario is made of
merge        base, patches and overrides, by name (novelties: names that only a patch mentions)
schema       which keys there are (refusals: what it refuses, in plain words; json_schema: for editors)
foundations  clock, calendars, working time, assumptions
numbers      the small grammar of durations, money, rates and distributions
conditions   the small grammar of conditions on traits
checks       what names refer to, what numbers may be, where flows lead
load         all of it, in order
changes      values changed by their paths, and the file that says so
writer       a scenario written out again
reference    the reference page (grammar: its examples)
"""

from sim.scenario.load import Scenario, load, load_beside, load_with_patches

__all__ = ["Scenario", "load", "load_beside", "load_with_patches"]
