from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.reader import about_empty, colon_slip, comma_slip, read_tree
from sim.scenario.tree import Node

Read = Callable[[str | bytes], Node]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(text: str | bytes) -> Node:
        path = tmp_path / "x.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_tree(path, "x.yaml")

    return reading


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", float("inf")),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("null", None),
        ("", None),
        ("2027-01-04", "2027-01-04"),
        ("2027-01-04 16:12", "2027-01-04 16:12"),
        ("18:00", "18:00"),
        ("09:00-17:00", "09:00-17:00"),
        ("1_000", "1_000"),
        ("30%", "30%"),
        ("'3'", "3"),
        ('"null"', "null"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(read: Read, written: str, value: object) -> None:
    assert read(f"a: {written}\n").plain() == {"a": value}


def test_every_value_knows_its_place_and_that_of_its_key(read: Read) -> None:
    root = read("a:\n  b: [1, 2]\n").value
    assert isinstance(root, dict)
    a = root["a"].value
    assert isinstance(a, dict)
    b = a["b"]
    assert (b.place.file, b.place.line, b.place.column) == ("x.yaml", 2, 6)
    assert b.key_place is not None
    assert (b.key_place.line, b.key_place.column) == (2, 3)


def test_keys_are_text_as_written(read: Read) -> None:
    assert read("{2: a, 0 months: b, true: c}").plain() == {"2": "a", "0 months": "b", "true": "c"}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(read: Read) -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").plain() == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.yaml\n  the file is empty"),
        ("# only a comment\n", "the file is empty"),
        (b"a: 1\0", "not a text file: it holds NUL bytes"),
        (b"a: 1\nb: \xff\n", r"x.yaml:2:4\n  this file is not UTF-8"),
        ("a: \x01\n", r"x.yaml:1:4\n  the control character '\\x01'"),
        ("a: " + "x" * 1024 * 1024, "larger than 1 MiB"),
        ("- a\n", "x.yaml:1:1\n  a scenario is a map of keys"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1\n  a second document begins here"),
        ("%YAML 1.1\n---\na: 1\n", "a line that begins with `%`"),
        ("a: &x 1\n", r"x.yaml:1:4: a\n  `&x 1`: .* anchor .*use `extends`"),
        ("a: *x\n", r"x.yaml:1:4: a\n  `\*x`: .* alias .*Write it out, or use `extends`"),
        ("a: * 2\n", r"`\* 2`: a value that begins with `\*`"),
        ("<<: {a: 1}\n", "merge key `<<` is not used here. Write it out, or use `extends`"),
        ("a: !!str 1\n", "`!!str 1`: a value that begins with `!` is a tag"),
        ("a: !x {b: 1}\n", "is a tag of YAML"),
        ("[a]: 1\n", "x.yaml:1:1\n  a key has to be a plain word"),
        ("{a: 1}: 1\n", "a key has to be a plain word"),
        (": 1\n", "a key is missing before this colon"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3:1: a\n  the key 'a' stands twice .* line 1, column 1, and again"),
        ("a: {x: uniform 1, 2, y: uniform 3, 2}", "a comma inside { } ended this value"),
        ("b:\n  x: 1\n  team:y\n", "x.yaml:3:3: .*\n  `team:y` lacks a space .* write `team: y`"),
        ("b:\n  team:y\n  size: 2\n", "x.yaml:2:3.*\n  `team:y` lacks a space after the colon"),
        ("b:\n  team:y\n", "x.yaml:2:3: b\n  `team:y` lacks a space after the colon"),
        ("a:\n\tb: 1\n", "x.yaml:2:1: a\n  a tab. YAML indents with spaces"),
        ("a: %5\n", 'x.yaml:1:4: a\n  a value cannot begin with `%`; put it in quotes: "%5"'),
        ("a: @x\n", "a value cannot begin with `@`"),
        ("a: {b: `x`}\n", "x.yaml:1:8: a.b\n  a value cannot begin with ```"),
        ("a: > 3\n", "a value cannot begin with `>`"),
        ("a: {b: 1\n", "x.yaml:1:4: a\n  a `{` is not closed"),
        ("a: [1\n", r"a `\[` is not closed"),
        ('a: 1\nb: "x\n', "x.yaml:2:4: b\n  a quotation mark is opened here and never closed"),
        ("a: b: c\n", "x.yaml:1:5\n  a second colon in one value"),
        ("a: " + "1" * 5000, "a number of 5000 digits is too long"),
    ],
)
def test_what_is_refused_is_said_in_plain_words(read: Read, text: str | bytes, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read(text)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no such file"):
        read_tree(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="this is a folder"):
        read_tree(tmp_path)


def test_all_problems_of_a_file_come_at_once(read: Read) -> None:
    with pytest.raises(ScenarioError) as caught:
        read("a: &x 1\nb: *x\nc: 1\nc: 2\n")
    assert [problem.line for problem in caught.value.problems] == [1, 2, 4]


def test_an_address_is_not_taken_for_a_missing_space(read: Read) -> None:
    assert read("source: https://x.org/a\n").plain() == {"source": "https://x.org/a"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 500_000, "nested deeper than 40"),
        ("a: " + "{a: " * 200_000, "nested deeper than 40"),
        ("- " * 500_000, "nested deeper than 40"),
        ("- a\n" * 250_000, "more than 10,000 values"),
        ("a: &a [x, x]\n" + "".join(f"b{i}: [*a, *a]\n" for i in range(40_000)), "is an alias of YAML"),
    ],
)
def test_bombs_are_refused_soon(read: Read, text: str, message: str) -> None:
    begin = time.process_time()
    with pytest.raises(ScenarioError, match=message):
        read(text)
    assert time.process_time() - begin < 5  # about 1 s here; generous, because machines differ


def test_forty_levels_are_still_read(read: Read) -> None:
    text = "".join("  " * level + "a:\n" for level in range(39)) + "  " * 39 + "a: 1\n"
    assert sum(1 for _ in read(text).walk()) == 41


def _only_map(node: Node) -> Node:
    assert isinstance(node.value, dict)
    return node.value["a"]


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ("a: {work: lognormal mean 2 h, cv 1}", "cv 1", "write `lognormal mean 2 h cv 1`"),
        ("a: {work: uniform 1 h, 2 h, adds: value}", "2 h", "write `uniform 1 h 2 h`"),
        ("a: {amount: 150,000}", "000", "write `150000`"),
        ("a: {team:x, work: 1 h}", "team:x", "write `team: x`"),
        ("a: {0 months: 5, 6 months: }", "6 months", "an empty value"),
        ("a: {x: 1, a: }", "a", "an empty value"),
        ("a: {team}", "team", "an empty value. .* the word `remove`"),
    ],
)
def test_an_empty_value_is_explained_by_the_slip_behind_it(
    read: Read, text: str, key: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        raise ValueError(about_empty(_only_map(read(text)), key))


def test_an_ordinary_empty_key_is_no_slip(read: Read) -> None:
    parent = _only_map(read("a: {team, when}"))
    assert comma_slip(parent, "when") is None
    assert colon_slip("when") is None
