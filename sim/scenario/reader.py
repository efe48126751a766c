"""From a file to a tree: YAML 1.2, with the place of every value, and refusals in plain words.

The reader takes the part of YAML that people write by hand: maps, lists and scalars. Aliases, anchors, merge
keys, tags and several documents are refused at the level of events, before anything is built, so that a small
file cannot become a large one. Scalars follow the core schema of YAML 1.2 (section 10.3.2): dates and times
of day stay strings.
Not here: what the keys mean (model), `extends` and merging (extends), shorthand (shorthand).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.errors import Problem, ScenarioError
from sim.scenario.tree import Node, Place, Scalar

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 10_000  # a good half second of reading
MAX_PROBLEMS = 100  # enough for one look
_LONGEST = 200  # of a key that is searched for slips, so that no pattern takes long

_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GLUED = re.compile(r"(?P<key>[A-Za-z_]\w*):(?P<value>(?!//)[^\s:][^,}\]#]*)")
_GLUED_LINE = re.compile(r"\s*(?:- +)*" + _GLUED.pattern)
_SYMBOL = re.compile(r"(?:^\s*(?:- +)*|: +|- +|[\[{,] *)(?P<text>[%@`*&!>|][^,}\]#]*)")
_AFTER_COMMA = re.compile(
    r"(?:\$?[\d.]+\s*\S*(?:\s\S+)*|(?:mean|median|cv|sd|sigma|shape|scale|k|m|s|a|b|c|from|to|at|column)\s+\S.*)"
)


def read_tree(path: Path, shown_as: str | None = None) -> Node:
    """The tree of a YAML file; its root is a map.

    Parameters
    ----------
    path
        The file.
    shown_as
        The name of the file in places and messages; default `path` as given.

    Raises
    ------
    ScenarioError
        The file cannot be read or is not the YAML described above; every problem that can be found at once.
    """
    shown = shown_as if shown_as is not None else str(path)
    text = _text_of(path, shown)
    return _Builder(text, shown).build()


def comma_slip(parent: Node, key: str) -> str | None:
    """Words for a key without a value that a comma inside `{ }` cut off another value, such as `cv 1`.

    `parent` is the map, `key` the empty key. None if the key does not look like the tail of a value.
    """
    if not isinstance(parent.value, dict) or len(key) > _LONGEST or not _AFTER_COMMA.fullmatch(key):
        return None
    head, head_key = None, ""
    tails: list[str] = []
    for name, node in parent.value.items():
        if node.value is None:
            tails.append(name)
        elif key in tails:
            break
        else:
            head, head_key, tails = node, name, []
    if head is None or isinstance(head.value, dict | list) or _AFTER_COMMA.fullmatch(head_key[:_LONGEST]):
        return None
    return _comma_words(head, tails[:6])


def colon_slip(key: str) -> str | None:
    """Words for a key without a value that lacks the space after its colon, such as `team:x`, or None."""
    found = _GLUED.fullmatch(key) if len(key) <= _LONGEST else None
    return _glued_words(found) if found else None


def about_empty(parent: Node, key: str) -> str:
    """What to say of a key of the map `parent` that has no value: a known slip, or the general rule."""
    general = "an empty value. Write a value; to take away what a parent has, write the word `remove`."
    return comma_slip(parent, key) or colon_slip(key) or general


def resolve_scalar(text: str) -> Scalar:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return float("-inf") if text.startswith("-") else float("inf")
    return text


def _comma_words(head: Node, tails: list[str]) -> str:
    digits = all(re.fullmatch(r"\d{3}", tail) for tail in tails)
    whole = ("" if isinstance(head.value, int) and digits else " ").join([str(head.value), *tails])
    return f"a comma inside {{ }} ended this value; write `{whole}`."


def _glued_words(found: re.Match[str]) -> str:
    key, value = found["key"][:60], found["value"].strip()[:60]
    return f"`{key}:{value}` lacks a space after the colon; write `{key}: {value}`."


def _fail(shown: str, message: str, line: int = 0, column: int = 0, key: str = "") -> ScenarioError:
    return ScenarioError([Problem(shown, line, column, key, message)])


def _text_of(path: Path, shown: str) -> str:
    data = _bytes_of(path, shown)
    if b"\0" in data:
        raise _fail(shown, "this is not a text file: it holds NUL bytes. Save it as plain text in UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise _fail(shown, "this file is not UTF-8. Save it as UTF-8.", line, column) from None
    if found := _CONTROL.search(text):
        line, column = _line_and_column(text, found.start())
        raise _fail(shown, f"the control character {found[0]!r} does not belong in text.", line, column)
    return text


def _bytes_of(path: Path, shown: str) -> bytes:
    try:
        if path.is_dir():
            raise _fail(shown, "this is a folder. Name a scenario file in it.")
        if not path.exists():
            raise _fail(shown, "there is no such file.")
        if not path.is_file():
            raise _fail(shown, "this is not an ordinary file.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _fail(shown, f"the file cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise _fail(shown, "the file is larger than 1 MiB, the limit for a scenario.")
    return data


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, position) + 1, position - start + 1


class _TooMany(Exception):
    """Reading ends here; the last problem says why."""


class _Builder:
    """Builds the tree from events; gathers what can be refused without losing the thread."""

    def __init__(self, text: str, shown: str) -> None:
        self.lines = text.splitlines()
        self.shown = shown
        self.problems: list[Problem] = []
        self.n_nodes = 0
        self.path: list[str] = []
        self.events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)

    def build(self) -> Node:
        root: Node | None = None
        try:
            root = self._documents()
        except _TooMany:
            pass
        except MarkedYAMLError as error:
            self._syntax(error)
        except YAMLError as error:
            self._problem(None, f"this is not YAML: {error}.")
        if self.problems:
            raise ScenarioError(self.problems)
        if root is None or root.value is None:
            raise _fail(self.shown, "the file is empty.")
        if not isinstance(root.value, dict):
            example = "a scenario is a map of keys, such as `clock: {start: 2027-01-04, horizon: 36 months}`."
            raise _fail(self.shown, example, root.place.line, root.place.column)
        return root

    def _documents(self) -> Node | None:
        root: Node | None = None
        n_documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                n_documents += 1
                self._check_document(event, n_documents)
            elif isinstance(event, NodeEvent):
                root = self._node(event)
        return root

    def _check_document(self, event: DocumentStartEvent, n_documents: int) -> None:
        if n_documents > 1:
            self._stop(
                event, "a second document begins here (`---`). A file holds one scenario; make it two files."
            )
        if event.version is not None or event.tags:
            self._problem(event, "a line that begins with `%` is not understood here; leave it out.")

    def _node(self, event: Any, key_place: Place | None = None) -> Node:
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES:
            self._stop(event, f"the file holds more than {MAX_NODES:,} values, the limit for a scenario.")
        place = self._place(event)
        if isinstance(event, AliasEvent):
            self._problem(event, _alias_words(self._written(event)))
            return Node("", place, key_place)
        self._check_decoration(event)
        if isinstance(event, ScalarEvent):
            return Node(self._scalar(event, key_place), place, key_place)
        if len(self.path) >= MAX_DEPTH:
            self._stop(event, f"the file is nested deeper than {MAX_DEPTH} levels, the limit for a scenario.")
        if isinstance(event, SequenceStartEvent):
            return Node(self._list(), place, key_place)
        return Node(self._map(), place, key_place)

    def _list(self) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            self.path.append(str(len(items)))
            items.append(self._node(event))
            self.path.pop()
        return items

    def _map(self) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self._key(event)
            place = self._place(event)
            self.path.append(key if key is not None else "?")
            node = self._node(next(self.events), place)
            if key is not None:
                self._enter(entries, key, node, event)
            self.path.pop()
        return entries

    def _enter(self, entries: dict[str, Node], key: str, node: Node, event: Event) -> None:
        if key not in entries:
            entries[key] = node
            return
        first = entries[key].key_place or entries[key].place
        slip = comma_slip(Node(entries, first), key) if node.value is None else None
        again = f"line {first.line}, column {first.column}, and again here"
        self._problem(event, slip or f"the key '{key}' stands twice in this map: in {again}. Keep one.")

    def _key(self, event: Any) -> str | None:
        """The key as written; None if it is none, and then a problem is noted."""
        if not isinstance(event, ScalarEvent):
            self._problem(event, "a key has to be a plain word, not a list, a map or an alias.")
            self._skip(event)
            return None
        self._check_decoration(event)
        if event.style is None and event.value == "<<":
            self._problem(event, "YAML's merge key `<<` is not used here. Write it out, or use `extends`.")
        elif not event.value:
            self._problem(event, "a key is missing before this colon.")
        return str(event.value)

    def _skip(self, event: Any) -> None:
        """Reads a list or map that serves as a key to its end, within the same limits."""
        if not isinstance(event, AliasEvent):
            self.path.append("?")
            self._node(event)
            self.path.pop()

    def _scalar(self, event: ScalarEvent, key_place: Place | None) -> Scalar:
        text = str(event.value)
        if event.style is not None:
            if found := _CONTROL.search(text):
                self._problem(event, f"the character {found[0]!a} does not belong in text.")
            return text
        line = event.start_mark.line + 1
        if key_place and line > key_place.line and (found := _GLUED.match(text)):
            self._problem(event, _glued_words(found))
        if len(text) > 300 and _INT.fullmatch(text):
            self._problem(event, f"a number of {len(text)} digits is too long.")
            return 0
        return resolve_scalar(text)

    def _check_decoration(self, event: Any) -> None:
        if event.anchor is not None:
            self._problem(event, _anchor_words(self._written(event)))
        if event.tag is not None:
            self._problem(event, _tag_words(self._written(event)))

    def _written(self, event: Event) -> str:
        """The text in the file from the start of an event to the end of the value on its line."""
        mark = event.start_mark
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return re.split(r"[,}\]]|\s#", line[mark.column : mark.column + 60])[0].strip()

    def _place(self, event: Event) -> Place:
        return Place(self.shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _problem(self, event: Event | None, message: str) -> None:
        place = self._place(event) if event is not None else Place(self.shown, 0, 0)
        self.problems.append(Problem(self.shown, place.line, place.column, ".".join(self.path), message))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _TooMany

    def _stop(self, event: Event, message: str) -> None:
        self._problem(event, message)
        raise _TooMany

    def _syntax(self, error: MarkedYAMLError) -> None:
        line, column, message = _explain(error, self.lines)
        self.problems.append(Problem(self.shown, line, column, ".".join(self.path), message))


def _alias_words(written: str) -> str:
    return (
        f"`{written}`: a value that begins with `*` is an alias of YAML, and these are not used here. "
        "Write it out, or use `extends`; if it is text, put it in quotes."
    )


def _anchor_words(written: str) -> str:
    return (
        f"`{written}`: a value that begins with `&` is an anchor of YAML, and these are not used here. "
        "Write it out, or use `extends`; if it is text, put it in quotes."
    )


def _tag_words(written: str) -> str:
    return (
        f"`{written}`: a value that begins with `!` is a tag of YAML, and these are not used here. "
        "Leave it out; if it is text, put it in quotes."
    )


def _symbol_words(written: str) -> str:
    written = written.strip()[:60]
    if written[0] in "*&!":
        return {"*": _alias_words, "&": _anchor_words, "!": _tag_words}[written[0]](written)
    return f'a value cannot begin with `{written[0]}`; put it in quotes: "{written}".'


_SYNTAX = (
    ("found unexpected end of stream", "a quotation mark is opened here and never closed."),
    ("unknown escape character", "`\\` has a meaning inside \" \"; use ' ' for text that holds a backslash."),
    ("expected ',' or '}'", "a `{` is not closed, or a comma is missing between two entries."),
    ("expected ',' or ']'", "a `[` is not closed, or a comma is missing between two entries."),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing between two entries."),
    (
        "mapping values are not allowed",
        "a second colon in one value. Put the value in quotes, or a line break.",
    ),
    (
        "expected <block end>",
        "the indentation does not fit the lines above: entries of a map begin in one column.",
    ),
    ("could not find expected ':'", "a line without a colon where `key: value` is expected."),
    (
        "sequence entries are not allowed",
        "a list entry `- ` cannot stand here; begin it on a line of its own.",
    ),
    ("found character", "a character that cannot begin a value; put the value in quotes."),
    (
        "expected the node content",
        "a value is expected here; too many commas, or a bracket closed too early?",
    ),
)


def _explain(error: MarkedYAMLError, lines: list[str]) -> tuple[int, int, str]:
    """Line, column and plain words for what the YAML parser could not read."""
    problem, context = error.problem_mark, error.context_mark
    mark = problem or context
    row, column = (mark.line, mark.column) if mark is not None else (0, 0)
    what = f"{error.problem or ''} {error.context or ''}"
    if slip := _line_slip(row, column, context.line if context else row, lines):
        return slip
    if "unexpected end of stream" in what and context is not None:
        row, column = context.line, context.column
    if row >= len(lines) and context is not None:
        row, column = context.line, context.column
    words = next((words for sign, words in _SYNTAX if sign in what), None)
    return row + 1, column + 1, words or f"this is not YAML: {what.strip()}."


def _line_slip(row: int, column: int, first_row: int, lines: list[str]) -> tuple[int, int, str] | None:
    """One of the common slips, in the line where the parser stopped or a little above it."""
    here = lines[row] if row < len(lines) else ""
    indent = here[: len(here) - len(here.lstrip())]
    if "\t" in indent or here[column : column + 1] == "\t":
        at = here.index("\t")
        return row + 1, at + 1, "a tab. YAML indents with spaces; replace it."
    for index in sorted({row, max(row - 1, 0), first_row}, reverse=True):
        line = lines[index] if index < len(lines) else ""
        if found := _GLUED_LINE.match(line):
            return index + 1, found.start("key") + 1, _glued_words(found)
    for found in _SYMBOL.finditer(here):
        if found.start("text") <= column <= found.end("text"):
            return row + 1, found.start("text") + 1, _symbol_words(found["text"])
    return None
