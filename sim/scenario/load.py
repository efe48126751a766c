"""From files to a `Scenario`: merged, validated against the schema, its names checked, its numbers read.

`load` is the door: what it returns is sound, and what it refuses it refuses with every problem of the files,
each at its place and in plain words.
Not here: YAML and merging (reader, extends), which keys there are (schema, refusals), calendars and
assumptions (foundations), what names refer to (checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sim.calendars import CalendarRule
from sim.errors import Problem, ScenarioError
from sim.scenario import schema
from sim.scenario.checks import check
from sim.scenario.extends import Override, Resolved, put_patches, resolve
from sim.scenario.foundations import Foundations
from sim.scenario.json_schema import json_schema
from sim.scenario.merge import Source
from sim.scenario.numbers import Number, parse_value, read_as, substitute
from sim.scenario.places import problem_at
from sim.scenario.reader import read_tree
from sim.scenario.refusals import validated
from sim.scenario.shorthand import expand
from sim.scenario.tree import Keys, Node
from sim.units.dimensions import Dimension, WorkingTime

__all__ = ["Scenario", "from_tree", "json_schema", "load", "load_beside", "load_with_patches"]


@dataclass(frozen=True)
class Scenario:
    """A scenario, sound and ready to be compiled.

    Attributes
    ----------
    file
        The merged file; numbers in it stay as written, `number` reads them.
    tree
        The same with the place of every value.
    overrides
        What a child or a patch changed of its parents.
    assumptions
        As written: an assumption may refer to others.
    working_time
        How long `d` and `w` are, from the business calendar.
    business
        The name of the business calendar.
    start
        The date of month 0.
    holidays
        The dates of public holidays, in order, by calendar; calendars without holidays are left out.
    rules
        Every calendar of the file, and `always`.
    folder
        Where the files it names (`list`, `log`, `empirical`) are looked for.
    source
        The files it was merged from; None of one that was changed since.
    """

    file: schema.ScenarioFile
    tree: Node
    overrides: tuple[Override, ...]
    assumptions: Mapping[str, Number]
    working_time: WorkingTime
    business: str
    start: date
    holidays: Mapping[str, tuple[date, ...]]
    rules: Mapping[str, CalendarRule]
    folder: Path
    name: str
    files: tuple[Path, ...] = field(default=())
    source: Source | None = field(default=None, repr=False, compare=False)

    def number(self, plain: object, dimension: Dimension = Dimension.ANY) -> Number:
        """Read a number of the file, with its assumptions put in.

        Raises
        ------
        NumberSyntaxError
            It cannot be understood or does not measure `dimension`.
        """
        return read_as(substitute(parse_value(plain, self.working_time), self.assumptions), dimension)

    def problem(self, path: Keys, message: str, *, at_key: bool = False) -> Problem:
        """A problem at the place of a path, or of what is nearest above it."""
        return problem_at(self.tree, path, message, at_key=at_key)


def load(path: Path | str) -> Scenario:
    """The scenario in a file, with all it extends; a patch is put on its `base`, under its own heading.

    Raises
    ------
    ScenarioError
        With every problem that can be found at once.
    """
    path = Path(path)
    resolved = resolve(path)
    return _under_heading(_from_resolved(resolved, path), resolved.source.tree)


def load_with_patches(base: Path | str, patches: Iterable[Path | str]) -> Scenario:
    """The scenario in a file with patches put on it, in that order.

    Raises
    ------
    ScenarioError
        As `load`; two patches that set the same thing differently are a conflict.
    """
    base = Path(base)
    return _from_resolved(put_patches(base, [Path(patch) for patch in patches]), base)


def load_beside(base: Path | str, other: Path | str) -> Scenario:
    """What is to be compared with a base: a scenario as it is, a patch put on the base under its own heading.

    Raises
    ------
    ScenarioError
        As `load`.
    """
    tree = read_tree(Path(other))
    if not _is_patch(tree):
        return load(other)
    return _under_heading(load_with_patches(base, [other]), tree)


def _is_patch(tree: Node) -> bool:
    return isinstance(tree.value, dict) and "patch" in tree.value


def _under_heading(scenario: Scenario, tree: Node) -> Scenario:
    """A patched scenario is called what the patch is called, and its summary is what the patch changes."""
    if not isinstance(tree.value, dict) or not _is_patch(tree):
        return scenario
    summary = str(tree.value["changes"].value) if "changes" in tree.value else scenario.file.summary
    file = scenario.file.model_copy(update={"summary": summary})
    return replace(scenario, file=file, name=str(tree.value["patch"].value))


def from_tree(
    tree: Node,
    folder: Path | str = ".",
    overrides: Sequence[Override] = (),
    name: str = "scenario",
    files: Sequence[Path] = (),
) -> Scenario:
    """The scenario of a merged tree; `name` is used if it does not name itself.

    Raises
    ------
    ScenarioError
        With every problem that can be found at once.
    """
    tree = expand(tree)
    file, refused = validated(tree)
    ground = Foundations(file, tree)
    scenario = Scenario(
        file=file,
        tree=tree,
        overrides=tuple(overrides),
        assumptions=ground.assumptions(),
        working_time=ground.working_time,
        business=ground.business,
        start=ground.start,
        holidays=ground.holidays,
        rules=ground.rules,
        folder=Path(folder),
        name=file.name or name,
        files=tuple(files),
    )
    problems = [*ground.problems, *check(scenario)]
    # what is said of a map one of whose keys was refused may be no more than an echo
    echoes = {problem.key.rpartition(".")[0] for problem in refused}
    problems = [*refused, *(problem for problem in problems if problem.key not in echoes)]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return scenario


def _from_resolved(resolved: Resolved, path: Path) -> Scenario:
    found = from_tree(resolved.tree, path.parent, resolved.overrides, path.stem, resolved.files)
    return replace(found, source=resolved.source)
