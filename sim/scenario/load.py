"""From files to a `Scenario`: merged, validated against the schema, its names checked, its numbers read.

`load` is the door: what it returns is sound, and what it refuses it refuses with every problem of the files,
each at its place and in plain words.
Not here: YAML and merging (reader, extends), which keys there are (schema), what names refer to (checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.calendars import (
    ALWAYS,
    CalendarRule,
    Hours,
    day_length_ms,
    holiday_dates,
    parse_at,
    parse_days,
    parse_hours,
    week_length_ms,
)
from sim.errors import Problem, ScenarioError
from sim.scenario import schema
from sim.scenario.checks import as_dimension, check
from sim.scenario.extends import Override, Resolved, put_patches, resolve
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import (
    Constant,
    Number,
    NumberSyntaxError,
    parse_number,
    parse_value,
    read_as,
    substitute,
)
from sim.scenario.reader import about_empty, read_tree
from sim.scenario.shorthand import expand
from sim.scenario.tree import Keys, Node
from sim.units.dimensions import DAY_MS, HOUR_MS, YEAR_MS, Dimension, WorkingTime

MAX_YEARS = 100
_USUAL = WorkingTime(8 * HOUR_MS, 40 * HOUR_MS)
_TAGS = ("word", "target", "outcomes")


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
    """The scenario in a file, with all it extends; a patch is put on its `base`.

    Raises
    ------
    ScenarioError
        With every problem that can be found at once.
    """
    path = Path(path)
    return _from_resolved(resolve(path), path)


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
    heading = _heading(read_tree(Path(other)))
    if heading is None:
        return load(other)
    return replace(load_with_patches(base, [other]), name=heading)


def _heading(tree: Node) -> str | None:
    """The heading of a patch; None for a scenario."""
    if not isinstance(tree.value, dict) or "patch" not in tree.value:
        return None
    return str(tree.value["patch"].value)


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
    file = _validated(tree)
    builder = _Builder(file, tree)
    scenario = Scenario(
        file=file,
        tree=tree,
        overrides=tuple(overrides),
        assumptions=builder.assumptions(),
        working_time=builder.working_time,
        business=builder.business,
        start=builder.start,
        holidays=builder.holidays,
        rules=builder.rules,
        folder=Path(folder),
        name=file.name or name,
        files=tuple(files),
    )
    problems = [*builder.problems, *check(scenario)]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return scenario


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the files as they are written: shorthand allowed, patches may be partial."""
    written = schema.WrittenFile.model_json_schema(by_alias=True)
    written["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    written["title"] = "Scenario"
    for definition in written["$defs"].values():
        definition.pop("required", None)
    written["$defs"] = {name: _loosened(part) for name, part in written["$defs"].items()}
    written["properties"] = {name: _loosened(part) for name, part in written["properties"].items()}
    return written


def problem_at(tree: Node, path: Keys, message: str, *, at_key: bool = False) -> Problem:
    """A problem at the place of a path in a tree, or of what is nearest above it."""
    node, depth = tree, 0
    for key in path:
        child = _child(node, key)
        if child is None:
            break
        node, depth = child, depth + 1
    place = node.place
    if node.key_place is not None and (at_key or depth < len(path)):
        place = node.key_place
    return Problem(place.file, place.line, place.column, ".".join(map(str, path)), message)


def _from_resolved(resolved: Resolved, path: Path) -> Scenario:
    return from_tree(resolved.tree, path.parent, resolved.overrides, path.stem, resolved.files)


def _child(node: Node, key: str | int) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(key))
    if isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None


# --- what stands beside the schema: calendars, holidays, assumptions ---


class _Builder:
    """Reads what the other numbers of a file rest on; gathers problems and goes on with something usual."""

    def __init__(self, file: schema.ScenarioFile, tree: Node) -> None:
        self.file = file
        self.tree = tree
        self.problems: list[Problem] = []
        self.start = self._date(file.clock.start, ("clock", "start")) or date(2000, 1, 3)
        self.holidays: dict[str, tuple[date, ...]] = {}
        self.rules: dict[str, CalendarRule] = {"always": ALWAYS}
        years = self._years()
        for name, calendar in file.calendars.items():
            rule = self._rule(name, calendar, years)
            if rule is not None:
                self.rules[name] = rule
        self.business = self._business()
        self.working_time = self._working_time()

    def assumptions(self) -> dict[str, Number]:
        found: dict[str, Number] = {}
        for name, assumption in self.file.assumptions.items():
            try:
                found[name] = parse_value(assumption.value, self.working_time)
            except NumberSyntaxError as error:
                self._problem(("assumptions", name, "value"), str(error))
                # 1, so that what uses the name is not refused as well
                found[name] = Constant(1.0, Dimension.ANY)
        for name in found:
            try:
                substitute(found[name], found)
            except NumberSyntaxError as error:
                self._problem(("assumptions", name, "value"), str(error))
        return found

    def _problem(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        self.problems.append(problem_at(self.tree, path, message, at_key=at_key))

    def _date(self, text: str, path: Keys) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._problem(path, f"found '{text}'. Admissible: a date, such as 2027-01-04.")
            return None

    def _years(self) -> range:
        """The calendar years that the run touches."""
        spans = {"warm_up": self.file.clock.warm_up, "horizon": self.file.clock.horizon}
        lengths = {key: self._span(plain, ("clock", key)) for key, plain in spans.items()}
        try:
            first = (self.start - timedelta(milliseconds=lengths["warm_up"])).year
            last = (self.start + timedelta(milliseconds=lengths["horizon"])).year
        except OverflowError:
            self._problem(("clock", "start"), f"the run leaves the years 1 to 9999 from {self.start} on.")
            return range(self.start.year, self.start.year + 1)
        return range(max(first - 1, 1), last + 2)

    def _span(self, plain: object, path: Keys) -> int:
        """The length of the warm-up or horizon [ms]; 0 and a problem if it cannot be read."""
        try:
            number = as_dimension(parse_number(plain, _USUAL), Dimension.WALL_TIME, plain)
        except NumberSyntaxError as error:
            self._problem(path, str(error))
            return 0
        if not isinstance(number, Constant):
            self._problem(path, f"found '{plain}'. Admissible: a constant time, such as 36 months.")
            return 0
        if number.value < 0 or (number.value == 0 and path[-1] == "horizon"):
            self._problem(path, f"found '{plain}'. Admissible: a time longer than 0, such as 36 months.")
            return 0
        if number.value > MAX_YEARS * YEAR_MS:
            self._problem(path, f"found '{plain}'. Admissible: at most {MAX_YEARS} years.")
            return 0
        return round(number.value)

    def _rule(self, name: str, calendar: schema.Calendar, years: range) -> CalendarRule | None:
        path: Keys = ("calendars", name)
        n_before = len(self.problems)
        if name == "always":
            self._problem(path, "`always` is built in. Give this calendar another name.", at_key=True)
        if (calendar.hours is None) == (calendar.at is None):
            found = "both" if calendar.hours else "neither"
            words = (
                f"found {found} of hours and at. A calendar has one of them, such as `hours: 09:00-17:00`."
            )
            self._problem(path, words, at_key=True)
        days = self._parsed((*path, "days"), parse_days, calendar.days or ("Mon-Sun",))
        hours: Hours | None = None
        if calendar.hours is not None:
            hours = self._parsed((*path, "hours"), parse_hours, calendar.hours)
        elif calendar.at is not None:
            hours = self._parsed((*path, "at"), parse_at, calendar.at)
        holidays: set[date] = set()
        for country in calendar.holidays or ():
            dates = self._parsed((*path, "holidays"), lambda c: holiday_dates(c[0], years), (country,))
            holidays |= dates or frozenset()
        if holidays:
            self.holidays[name] = tuple(sorted(holidays))
        every = self._every(calendar.every, (*path, "every"))
        from_date = self._date(calendar.from_, (*path, "from")) if calendar.from_ else self.start
        closed = self._dates(calendar.closed, (*path, "closed"))
        open_ = self._dates(calendar.open, (*path, "open"))
        if len(self.problems) > n_before or days is None or hours is None:
            return None
        try:
            return CalendarRule(
                name,
                days,
                hours,
                every_weeks=every,
                from_date=from_date,
                closed=closed,
                open=open_,
                holidays=frozenset(holidays),
            )
        except ValueError as error:
            self._problem(path, str(error), at_key=True)
            return None

    def _parsed(self, path: Keys, parse: Any, texts: tuple[str, ...]) -> Any:
        try:
            return parse(texts)
        except ValueError as error:
            self._problem(path, str(error))
            return None

    def _every(self, text: str | None, path: Keys) -> int:
        if text is None:
            return 1
        words = text.split()
        if len(words) == 2 and words[0].isdecimal() and words[1] in ("week", "weeks") and int(words[0]) > 0:
            return int(words[0])
        self._problem(path, f"found '{text}'. Admissible: a whole number of weeks, such as 2 weeks.")
        return 1

    def _dates(self, texts: Sequence[str], path: Keys) -> frozenset[date]:
        indexed = ((*path, index) for index in range(len(texts)))
        found = (self._date(text, where) for text, where in zip(texts, indexed, strict=True))
        return frozenset(day for day in found if day is not None)

    def _business(self) -> str:
        names = [*self.file.calendars, "always"]
        business = self.file.clock.business
        if business is not None:
            if business not in names:
                words = f"no calendar is called '{business}'. Calendars here: {', '.join(sorted(names))}."
                self._problem(("clock", "business"), f"{words}\n{did_you_mean(business, names)}".strip())
            return business
        if len(self.file.calendars) == 1:
            return names[0]
        if "office" not in self.file.calendars:
            have = ", ".join(sorted(self.file.calendars)) or "none"
            self._problem(
                ("clock", "business"),
                "which calendar is the business calendar? It is the only one, or the one called `office`, or "
                f"the one named here, such as `business: office`. Calendars here: {have}.",
            )
        return "office"

    def _working_time(self) -> WorkingTime:
        rule = self.rules.get(self.business)
        if rule is None:
            return _USUAL
        try:
            return WorkingTime(min(day_length_ms(rule), DAY_MS), week_length_ms(rule))
        except ValueError as error:
            self._problem(("calendars", self.business), f"as the business calendar: {error}.", at_key=True)
            return _USUAL


# --- the schema's refusals in plain words ---


def _validated(tree: Node) -> schema.ScenarioFile:
    """The merged file; what pydantic refuses is told in our own words, at its place."""
    problems: dict[Keys, Problem] = {}
    for path, node in tree.walk():
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                if child.value is None:
                    words = about_empty(node, key)
                    problems[(*path, key)] = problem_at(tree, (*path, key), words, at_key=True)
    try:
        file = schema.ScenarioFile.model_validate(tree.plain())
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path, admissible = _trace(details["loc"], tree)
            problems.setdefault(path, _in_words(details, path, admissible, tree))
        raise ScenarioError(list(problems.values())) from None
    if problems:
        raise ScenarioError(list(problems.values()))
    return file


def _trace(loc: Sequence[str | int], tree: Node) -> tuple[Keys, list[Any]]:
    """The path in the file that a pydantic location means, and the types that may hold its last map.

    A location also holds the tag of the form of `then` that was tried; the file does not.
    """
    path: list[str | int] = []
    types: list[Any] = [schema.ScenarioFile]
    parents = types
    for part in loc:
        if part in _TAGS and path and path[-1] in ("then",) and len(types) > 1:
            types = [t for t in types if _has_tag(t, str(part))]
            continue
        path.append(part)
        parents, types = types, [option for t in types for option in _below(t, part)]
    return tuple(path), parents


def _has_tag(option: Any, tag: str) -> bool:
    is_model = isinstance(option, type) and issubclass(option, schema.Model)
    return {"target": is_model, "outcomes": get_origin(option) is dict}.get(tag, True)


def _below(option: Any, key: str | int) -> list[Any]:
    """The types admissible under a key of a type."""
    if isinstance(option, type) and issubclass(option, schema.Model):
        for name, info in option.model_fields.items():
            if (info.alias or name) == key:
                return _options(info.annotation)
        return []
    arguments = get_args(option)
    if get_origin(option) is dict:
        return _options(arguments[1])
    return _options(arguments[0]) if get_origin(option) is tuple else []


def _options(annotation: Any) -> list[Any]:
    """The members of a union, without annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [option for part in get_args(annotation) for option in _options(part)]
    return [annotation]


def _keys_of(parents: Iterable[Any]) -> list[str]:
    models = [p for p in parents if isinstance(p, type) and issubclass(p, schema.Model)]
    return [info.alias or name for model in models for name, info in model.model_fields.items()]


def _in_words(details: ErrorDetails, path: Keys, parents: list[Any], tree: Node) -> Problem:
    kind, found, last = details["type"], details["input"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        keys = _keys_of(parents)
        words = f"no key is called '{last}' here. Keys here: {', '.join(keys)}."
        return problem_at(tree, path, f"{words}\n{did_you_mean(last, keys)}".strip(), at_key=True)
    if kind == "missing" and isinstance(path[-1], int):
        path, kind, last, found = path[:-1], "too_short", str(path[-2]), []
    if kind == "missing":
        return problem_at(
            tree, path, f"the key '{last}' is missing here.{_about(parents, last)}", at_key=True
        )
    if kind == "literal_error":
        admissible = [str(word) for word in _literals(parents, last)] or ["next", "done"]
        near = did_you_mean(str(found), admissible)
        return problem_at(
            tree, path, f"found {_shown(found)}. Admissible: {', '.join(admissible)}.\n{near}".strip()
        )
    return problem_at(tree, path, f"found {_shown(found)}. Admissible: {_wanted(kind, last)}.")


def _about(parents: Iterable[Any], key: str) -> str:
    for parent in parents:
        for name, info in getattr(parent, "model_fields", {}).items():
            if (info.alias or name) == key and info.description:
                return f" {info.description}"
    return ""


def _literals(parents: Iterable[Any], key: str) -> list[Any]:
    options = [option for parent in parents for option in _below(parent, key)]
    return [word for option in options for word in get_args(option) if isinstance(word, str)]


def _wanted(kind: str, key: str) -> str:
    if kind == "number":
        return "a number, such as 40, 25%, 3 h, $name or lognormal mean 2 h cv 1"
    if kind.startswith("string"):
        return "a text; a text that looks like a number is put in quotes"
    if kind.startswith("bool"):
        return "true or false"
    if kind in ("too_short", "too_long", "tuple_type"):
        return "low and high, such as [10%, 50%]" if key == "range" else "a text or a list of texts"
    if kind.startswith(("dict", "model")):
        return "a map of keys and values"
    return "something else"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"a map with the keys {', '.join(map(str, value))}" if value else "an empty map"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


# --- JSON Schema ---

_SHORT = ("Outcome", "End", "Limit", "Assumption", "Step", "Alternative")


def _loosened(part: Any) -> Any:
    """A piece of JSON Schema that also takes shorthand and the word `remove`."""
    if isinstance(part, list):
        return [_loosened(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        short = [{"type": "string"}, {"type": "number"}] if name in _SHORT else [{"const": "remove"}]
        rest = {key: value for key, value in part.items() if key not in ("$ref", "default")}
        return {**rest, "anyOf": [{"$ref": part["$ref"]}, *short]}
    # anyOf: `{go_to: x}` is a target, and to a JSON Schema also an outcome called go_to
    return _with_words({"anyOf" if k == "oneOf" else k: _loosened(value) for k, value in part.items()})


def _with_words(part: dict[str, Any]) -> dict[str, Any]:
    """`then` also takes the name of a step, `with` that of a team."""
    properties = part.get("properties")
    if isinstance(properties, dict):
        for key in ("then", "with"):
            if "anyOf" in properties.get(key, {}):
                properties[key]["anyOf"].append({"type": "string"})
    return part
