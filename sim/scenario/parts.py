"""What a scenario is put together from: a base, patches, and the file's own settings; and any choice of them.

A file that extends a base and patches, or a base that patches are put on, has each patch for a part. What the
file itself sets is one more, its own settings. Of these, what changes something that only an absent patch
brings falls away with that patch: the date from which a pipeline is paid means nothing without the pipeline.
Not here: merging (merge), which choices are worth a run (experiment).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sim.errors import Problem, ScenarioError
from sim.scenario.load import Scenario, from_tree
from sim.scenario.merge import Merger, Source
from sim.scenario.tree import Node, entries_of

OWN = "own settings"
_HEADINGS = ("extends", "name", "summary")
_GATHER = (
    "assumptions",
    "calendars",
    "teams",
    "environments",
    "traits",
    "cases",
    "flows",
    "costs",
    "instead",
)


@dataclass(frozen=True)
class Parts:
    """The parts of a scenario, by name: its patches in order, and `own settings` last, if it has any."""

    scenario: Scenario
    base: Source
    patches: dict[str, Source]
    own: Node | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts."""
        return (*self.patches, *([OWN] if self.own is not None else []))

    def put_together(self, chosen: Collection[str]) -> Scenario:
        """The scenario of the base and some of the parts, in their order.

        Raises
        ------
        ScenarioError
            It is not sound: what is left out was needed, or settled a conflict of two patches.
        """
        patches = [source for name, source in self.patches.items() if name in chosen]
        nothing = Node({}, self.base.tree.place)
        own = nothing
        if self.own is not None and OWN in chosen:
            own = self._bearing(patches)
        tree, problems = _merged(own, self.base, patches)
        if problems:
            raise ScenarioError(problems)
        whole = self.scenario
        return replace(from_tree(tree, whole.folder, (), whole.name, whole.files), name=whole.name)

    def _bearing(self, patches: list[Source]) -> Node:
        """The own settings without those of what only an absent patch brings."""
        assert self.own is not None
        nothing = Node({}, self.own.place)
        # what two patches set differently does not matter here: only what there is
        everything, _ = _merged(nothing, self.base, list(self.patches.values()))
        here, _ = _merged(nothing, self.base, patches)
        return _without_absent(self.own, everything, here) or nothing


def parts_of(scenario: Scenario) -> Parts | None:
    """The parts of a scenario that is made of patches; None of any other, and of one that was changed."""
    source = scenario.source
    if source is None or not source.parents:
        return None
    if "patch" in entries_of(source.tree):
        base, patches, own = source.parents[0], [source], None
    else:
        base, *patches = source.parents
        own = _own(source.tree)
    if not patches:
        return None
    named: dict[str, Source] = {}
    for patch in patches:
        named[_new_name(_heading(patch), named)] = Source(patch.tree)
    return Parts(scenario, base, named, own)


def _merged(own: Node, base: Source, patches: list[Source]) -> tuple[Node, list[Problem]]:
    merger = Merger()
    tree = merger.whole(Source(own, [base, *patches]))
    return tree, merger.problems


def _own(tree: Node) -> Node | None:
    """What a file sets itself; None if it only names its parents."""
    entries = {key: node for key, node in entries_of(tree).items() if key not in _HEADINGS}
    return Node(entries, tree.place, tree.key_place) if entries else None


def _heading(patch: Source) -> str:
    node = entries_of(patch.tree).get("patch")
    return str(node.value) if node is not None else patch.tree.place.file


def _new_name(name: str, taken: Collection[str]) -> str:
    found, n = name, 1
    while found in taken or found == OWN:
        n += 1
        found = f"{name} ({n})"
    return found


def _without_absent(own: Node, everything: Node | None, here: Node | None, key: str = "") -> Node | None:
    """A tree without the things that are in `everything` but not `here`; None where nothing is left of it.

    A map that only gathers things, such as `costs`, is no thing: what is new in it stays.
    """
    if everything is not None and here is None and key not in _GATHER:
        return None
    if everything is None or not isinstance(own.value, dict):
        return own
    kept = {
        name: child
        for name, node in own.value.items()
        if (child := _without_absent(node, _child(everything, name), _child(here, name), name)) is not None
    }
    return Node(kept, own.place, own.key_place) if kept or not own.value else None


def _child(node: Node | None, key: str) -> Node | None:
    return None if node is None else entries_of(node).get(key)
