"""The same scenario with another warm-up, checked like one that was written so."""

from __future__ import annotations

from dataclasses import replace

from sim.scenario.load import Scenario, from_tree
from sim.scenario.tree import Node, entries_of


def with_warm_up(scenario: Scenario, length: str) -> Scenario:
    """A scenario whose `clock.warm_up` is that length, such as `90 days`; the rest is as it was.

    Raises
    ------
    ScenarioError
        It is no length, or something in the scenario does not bear it.
    """
    clock = entries_of(scenario.tree)["clock"]
    old = entries_of(clock).get("warm_up", clock)
    new = Node({**entries_of(clock), "warm_up": Node(length, old.place, old.key_place)}, clock.place)
    tree = Node({**entries_of(scenario.tree), "clock": new}, scenario.tree.place)
    found = from_tree(tree, scenario.folder, scenario.overrides, scenario.name, scenario.files)
    return replace(found, name=scenario.name)  # a patched scenario is called what the patch is called
