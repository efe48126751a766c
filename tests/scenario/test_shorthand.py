from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.reader import read_tree
from sim.scenario.shorthand import expand


def step(tmp_path: Path, text: str) -> object:
    """The canonical form of a step written as a flow map."""
    path = tmp_path / "x.yaml"
    path.write_text(f"flows: {{f: {{steps: {{s: {text}}}}}}}")
    tree: object = expand(read_tree(path)).plain()
    for key in ("flows", "f", "steps", "s"):
        assert isinstance(tree, dict)
        tree = tree[key]
    return tree


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("{parallel: {data: snapshot}}", {"parallel": {"data": {"flow": "snapshot"}}}),
        ("{parallel: {data: {wait: 1 h}}}", {"parallel": {"data": {"wait": "1 h"}}}),
        ("{parallel: {data: remove}}", {"parallel": {"data": "remove"}}),
        ("{then: next}", {"then": "next"}),
        ("{then: done}", {"then": "done"}),
        ("{then: remove}", {"then": "remove"}),
        ("{then: review}", {"then": {"go_to": "review"}}),
        ("{then: {end: dropped}}", {"then": {"end": "dropped"}}),
        (
            "{then: {bad: 20%, worse: $p, ok: rest}}",
            {"then": {"bad": {"p": "20%"}, "worse": {"p": "$p"}, "ok": {"p": "rest"}}},
        ),
        ("{then: {bad: 0.2, ok: {p: rest}}}", {"then": {"bad": {"p": 0.2}, "ok": {"p": "rest"}}}),
        ("{then: {bad: {p: 1%, do: x}}}", {"then": {"bad": {"p": "1%", "do": "x"}}}),
        ("{then: {bad: remove}}", {"then": {"bad": "remove"}}),
        (
            "{then: {bad: {by: size, large: 9%}, ok: rest}}",
            {"then": {"bad": {"p": {"by": "size", "large": "9%"}}, "ok": {"p": "rest"}}},
        ),
        ("{end: production}", {"end": {"as": "production"}}),
        ("{end: {as: production}}", {"end": {"as": "production"}}),
        ("{instead: {x: {then: y}}}", {"instead": {"x": {"then": {"go_to": "y"}}}}),
        (
            "{instead: {x: {parallel: {b: f}}}}",
            {"instead": {"x": {"parallel": {"b": {"flow": "f"}}}}},
        ),
        ("{patience: {then: review}}", {"patience": {"then": {"go_to": "review"}}}),
    ],
)
def test_shorthand_of_a_step_is_written_out(tmp_path: Path, short: str, long: object) -> None:
    assert step(tmp_path, short) == long


def test_shorthand_outside_steps_is_written_out(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "assumptions: {a: 30%, b: {value: 1, source: s}, c: {0 months: 1, 6 months: 2}, d: remove}\n"
        "flows: {f: {limit: 5}, g: {limit: {cases: 2}}}\n"
        "cases: {c: {patience: {waiting: 3 d, then: done}}}\n"
    )
    assert expand(read_tree(path)).plain() == {
        "assumptions": {
            "a": {"value": "30%"},
            "b": {"value": 1, "source": "s"},
            "c": {"value": {"0 months": 1, "6 months": 2}},
            "d": "remove",
        },
        "flows": {"f": {"limit": {"cases": 5}}, "g": {"limit": {"cases": 2}}},
        "cases": {"c": {"patience": {"waiting": "3 d", "then": "done"}}},
    }


def test_names_that_look_like_shorthand_elsewhere_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("teams: {end: {size: 1}, then: {size: 2}}\ntraits: {limit: 40%}\n")
    tree = read_tree(path)
    assert expand(tree).plain() == tree.plain()


def test_what_is_written_out_keeps_the_place_of_the_short_form(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("assumptions:\n  a: 30%\n")
    places = {path: node.place for path, node in expand(read_tree(path)).walk()}
    assert places["assumptions", "a", "value"] == places["assumptions", "a"]
    assert places["assumptions", "a"].line == 2
