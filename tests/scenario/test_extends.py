from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario.extends import Resolved, put_patches, resolve
from sim.scenario.nearest import did_you_mean, nearest

BASE = """
name: Base
assumptions: {rate: {value: 10%, source: a}}
teams: {a: {size: 1, cost: 9 per hour}, b: {size: 2}}
flows:
  f:
    steps:
      one: {team: a, work: 1 h, then: {bad: {p: 20%, go_to: one}, good: rest}}
      two: {wait: 2 h}
      fork: {parallel: {data: g}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    return tmp_path


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def patch(name: str, text: str) -> Path:
    return write(name, f"patch: {name}\nchanges: c\nbase: base.yaml\n{text}")


def child(text: str, extends: str = "base.yaml") -> Resolved:
    return resolve(write("child.yaml", f"extends: {extends}\n{text}"))


def steps(resolved: Resolved) -> Any:
    tree: Any = resolved.tree.plain()
    return tree["flows"]["f"]["steps"]


def plain(resolved: Resolved) -> Any:
    return resolved.tree.plain()


def test_a_child_overrides_by_name_and_each_change_is_recorded() -> None:
    resolved = child("teams: {a: {size: 3}, c: {size: 4}}")
    assert plain(resolved)["teams"] == {
        "a": {"size": 3, "cost": "9 per hour"},
        "b": {"size": 2},
        "c": {"size": 4},
    }
    (override,) = resolved.overrides
    assert (override.path, override.old, override.new) == ("teams.a.size", 1, 3)
    assert (override.place.file, override.place.line) == ("child.yaml", 2)
    assert resolved.files == (Path("base.yaml"), Path("child.yaml"))


def test_a_file_without_parents_is_itself() -> None:
    resolved = resolve(Path("base.yaml"))
    assert resolved.overrides == []
    assert plain(resolved)["name"] == "Base"


def test_the_same_value_is_no_override() -> None:
    assert child("teams: {a: {size: 1}}").overrides == []


def test_a_key_that_exists_keeps_its_place_in_the_order() -> None:
    assert list(steps(child("flows: {f: {steps: {two: {wait: 9 h}, one: {work: 2 h}}}}"))) == [
        "one",
        "two",
        "fork",
    ]


def test_shorthand_meets_its_long_form_by_name() -> None:
    resolved = child(
        "assumptions: {rate: 30%}\n"
        "flows: {f: {steps: {one: {then: {bad: 5%}},"
        " fork: {parallel: {data: {instead: {x: {skip: true}}}}}}}}"
    )
    assert plain(resolved)["assumptions"]["rate"] == {"value": "30%", "source": "a"}
    assert steps(resolved)["one"]["then"]["bad"] == {"p": "5%", "go_to": "one"}
    assert steps(resolved)["fork"]["parallel"]["data"] == {"flow": "g", "instead": {"x": {"skip": True}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{by: size, large: 1 h, small: 2 h}", "{by: kind, x: 1 h}"),
        ("{0 months: 1 h, 6 months: 2 h}", "{3 months: 5 h}"),
        ("{mix: {a: {p: 50%, is: 1 h}, b: {p: 50%, is: 2 h}}}", "{mix: {c: {p: 100%, is: 1 h}}}"),
        ("{first: 1 h, again: 50%}", "{first: 2 h}"),
        ("{first: 1 h, again: 50%}", "3 h"),
        ("[1 h, 2 h]", "[3 h]"),
    ],
)
def test_maps_that_are_values_and_lists_are_replaced_whole(old: str, new: str) -> None:
    write("old.yaml", f"flows: {{f: {{steps: {{s: {{team: a, work: {old}}}}}}}}}")
    resolved = child(f"flows: {{f: {{steps: {{s: {{work: {new}}}}}}}}}", "old.yaml")
    alone = resolve(write("new.yaml", f"flows: {{f: {{steps: {{s: {{team: a, work: {new}}}}}}}}}"))
    assert steps(resolved) == steps(alone)


def test_limit_and_batch_are_replaced_whole() -> None:
    write(
        "old.yaml", "flows: {f: {limit: {cases: 2, when_full: {end: x}}, steps: {s: {batch: {exactly: 4}}}}}"
    )
    resolved = child("flows: {f: {limit: 5, steps: {s: {batch: {up_to: 2}}}}}", "old.yaml")
    assert plain(resolved)["flows"]["f"] == {"limit": {"cases": 5}, "steps": {"s": {"batch": {"up_to": 2}}}}


def test_a_step_whose_kind_changes_is_replaced_whole() -> None:
    resolved = child("flows: {f: {steps: {one: {wait: 5 min}}}}")
    assert steps(resolved)["one"] == {"wait": "5 min"}
    assert [o.path for o in resolved.overrides] == ["flows.f.steps.one"]


def test_steps_named_like_work_are_still_steps() -> None:
    write("old.yaml", "flows: {f: {steps: {first: {wait: 1 h}, again: {wait: 2 h}}}}")
    assert list(steps(child("flows: {f: {steps: {first: {wait: 3 h}}}}", "old.yaml"))) == ["first", "again"]


def test_a_single_target_replaces_outcomes_and_a_new_target_the_old_one() -> None:
    resolved = child("flows: {f: {steps: {one: {then: {end: over}}}}}")
    assert steps(resolved)["one"]["then"] == {"end": "over"}
    resolved = child("flows: {f: {steps: {one: {then: {bad: {end: over}}}}}}")
    assert steps(resolved)["one"]["then"]["bad"] == {"p": "20%", "end": "over"}


@pytest.mark.parametrize(
    ("new", "order"),
    [
        ("n: {wait: 1 h}", "one two fork n"),
        ("n: {wait: 1 h, after: one}", "one n two fork"),
        ("n: {wait: 1 h, before: one}", "n one two fork"),
        ("m: {wait: 1 h, after: n}, n: {wait: 1 h, after: one}", "one n m two fork"),
        ("fork: {before: one}", "fork one two"),
    ],
)
def test_a_new_step_goes_last_unless_it_says_where(new: str, order: str) -> None:
    merged = steps(child(f"flows: {{f: {{steps: {{{new}}}}}}}"))
    assert " ".join(merged) == order
    assert not any({"after", "before"} & set(step) for step in merged.values())


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("n: {after: tow}", r"steps.n.after\n  no step here is called 'tow'. .*Did you mean 'two'\?"),
        ("n: {after: one, before: two}", "`after` one step or `before` one, not both"),
        ("n: {after: m}, m: {after: n}", "the steps n, m are placed by each other"),
    ],
)
def test_a_place_that_cannot_be_found_is_a_problem(new: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        child(f"flows: {{f: {{steps: {{{new}}}}}}}")


def test_the_word_remove_takes_away() -> None:
    resolved = child("flows: {f: {steps: {two: remove, one: {then: remove}}}}\nteams: {a: {cost: remove}}")
    assert list(steps(resolved)) == ["one", "fork"]
    assert steps(resolved)["one"] == {"team": "a", "work": "1 h"}
    assert [(o.path, o.new) for o in resolved.overrides if o.path == "teams.a.cost"] == [
        ("teams.a.cost", "remove")
    ]


def test_removing_what_is_not_there_is_a_problem() -> None:
    with pytest.raises(ScenarioError, match=r"child.yaml:2:21: .*steps.tow\n.*no 'tow' here .*mean 'two'"):
        child("flows: {f: {steps: {tow: remove}}}")


def test_an_empty_value_is_a_problem_and_remove_is_the_word() -> None:
    with pytest.raises(ScenarioError, match=r"child.yaml:2:12: teams.a\n  an empty value.* `remove`"):
        child("teams:    {a: , b: {size: 3}}")


def test_a_comma_inside_braces_is_told_once_and_in_its_own_words() -> None:
    with pytest.raises(ScenarioError, match="write `triangular 1 h 2 h 3 h`") as caught:
        child("flows: {f: {steps: {one: {work: triangular 1 h, 2 h, 3 h}}}}")
    assert len(caught.value.problems) == 1


def test_a_patch_alone_is_its_base_with_it_and_its_headings_are_not_merged() -> None:
    write("patches/p.yaml", "patch: P\nchanges: c\nbase: ../base.yaml\nname: N\nteams: {a: {size: 9}}")
    resolved = resolve(Path("patches/p.yaml"))
    assert plain(resolved)["name"] == "Base"
    assert not {"patch", "changes", "base"} & set(plain(resolved))
    assert plain(resolved)["teams"]["a"]["size"] == 9
    assert resolved.files == (Path("base.yaml"), Path("patches/p.yaml"))


def test_patches_put_on_a_base_are_as_if_a_file_extended_them() -> None:
    patches = [patch("p.yaml", "teams: {a: {size: 5}}"), patch("q.yaml", "teams: {b: {size: 6}}")]
    put = put_patches(Path("base.yaml"), patches)
    listed = child("name: Child", "[base.yaml, p.yaml, q.yaml]")
    assert plain(put)["teams"] == plain(listed)["teams"]
    assert (plain(put)["name"], plain(listed)["name"]) == ("Base", "Child")
    assert put.overrides == listed.overrides


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ("teams: {a: {size: 5}}", "teams: {a: {size: 6}}", "teams.a.size"),
        ("teams: {a: {size: 5}}", "teams: {a: remove}", "teams.a"),
        ("teams: {a: remove}", "teams: {a: {size: 5}}", "teams.a"),
        ("flows: {f: {steps: {n: {wait: 1 h}}}}", "flows: {f: {steps: {n: {flow: g}}}}", "flows.f.steps.n"),
        (
            "flows: {f: {steps: {two: {flow: g}}}}",
            "flows: {f: {steps: {two: {when: x}}}}",
            "flows.f.steps.two",
        ),
        (
            "flows: {f: {steps: {one: {then: next}}}}",
            "flows: {f: {steps: {one: {then: {bad: 5%}}}}}",
            "flows.f.steps.one.then",
        ),
        (
            "flows: {f: {steps: {one: {then: {bad: {end: x}}}}}}",
            "flows: {f: {steps: {one: {then: {bad: {leave: x}}}}}}",
            "flows.f.steps.one.then.bad",
        ),
    ],
)
def test_two_patches_that_disagree_are_a_conflict_with_both_places(one: str, other: str, key: str) -> None:
    patches = [patch("p.yaml", one), patch("q.yaml", other)]
    message = rf"q.yaml:4:\d+: {key}\n  two patches set this differently: p.yaml:4:\d+ .* and q.yaml:4:\d+ "
    with pytest.raises(ScenarioError, match=message) as caught:
        put_patches(Path("base.yaml"), patches)
    assert len(caught.value.problems) == 1


def test_two_patches_that_agree_are_no_conflict() -> None:
    text = "teams: {a: {size: 5}, b: remove}"
    put = put_patches(Path("base.yaml"), [patch("p.yaml", text), patch("q.yaml", text)])
    assert plain(put)["teams"] == {"a": {"size": 5, "cost": "9 per hour"}}


def test_the_file_itself_decides_a_conflict_and_the_override_spans_all() -> None:
    patch("p.yaml", "teams: {a: {size: 5}}")
    patch("q.yaml", "teams: {a: {size: 6}}")
    resolved = child("teams: {a: {size: 7}}", "[base.yaml, p.yaml, q.yaml]")
    assert [(o.path, o.old, o.new) for o in resolved.overrides] == [("teams.a.size", 1, 7)]


def test_the_base_is_no_side_of_a_conflict() -> None:
    patch("p.yaml", "teams: {a: {size: 5}}")
    assert plain(child("name: x", "[base.yaml, p.yaml]"))["teams"]["a"]["size"] == 5


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        (
            "bsae.yaml",
            r"child.yaml:1:10: extends\n  there is no file 'bsae.yaml'. Did you mean 'base.yaml'\?",
        ),
        ("/etc/passwd", "'/etc/passwd' is an absolute path"),
        ("../x.yaml", "leads out of the folder; the file has to be in this folder or below it"),
        ("a/../../x.yaml", "leads out of the folder"),
        ("child.yaml", "go round in a loop: child.yaml → child.yaml"),
        ("other.yaml", "go round in a loop: child.yaml → other.yaml → child.yaml"),
        ("3", "the name of a file is expected"),
        (r'"a\0b"', "does not belong in text"),
        ("below", "'below' is a folder"),
        ("link.yaml", "'link.yaml' leads out of the folder of the scenario"),
        ("round.yaml", "'round.yaml' is a link that leads nowhere|there is no file 'round.yaml'"),
        ("[base.yaml, base2.yaml]", "only the first of the files that are put together may extend"),
    ],
)
def test_extends_stays_inside_the_folder_and_ends(
    tmp_path_factory: pytest.TempPathFactory, extends: str, message: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.yaml"
    outside.write_text(BASE)
    Path("link.yaml").symlink_to(outside)
    Path("round.yaml").symlink_to("round.yaml")
    Path("below").mkdir()
    write("other.yaml", "extends: child.yaml\n")
    write("base2.yaml", "extends: base.yaml\n")
    with pytest.raises(ScenarioError, match=message):
        child("name: x", extends)


def test_files_do_not_extend_each_other_for_ever() -> None:
    for n in range(12):
        write(f"f{n}.yaml", f"extends: f{n + 1}.yaml\n")
    with pytest.raises(ScenarioError, match=r"f9.yaml:1:10: extends\n.*more than 10 deep"):
        resolve(Path("f0.yaml"))


def test_a_base_goes_one_folder_up_but_no_further() -> None:
    write("patches/p.yaml", "patch: P\nbase: ../../base.yaml\n")
    with pytest.raises(ScenarioError, match="the file has to be at most one folder up"):
        resolve(Path("patches/p.yaml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patch: P\n", "a patch names the file it is checked against"),
        ("patch: P\nbase: base.yaml\nextends: base.yaml\n", "a patch does not extend"),
        ("base: base.yaml\n", "`base` belongs to a patch"),
    ],
)
def test_headings_that_do_not_fit_are_problems(text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        resolve(write("x.yaml", text))


def test_problems_of_all_files_come_at_once() -> None:
    write("base.yaml", "a: &x 1\n")
    with pytest.raises(ScenarioError, match=r"base.yaml:1:4(.|\n)*child.yaml:2:1"):
        child("teams:\n")


def test_the_nearest_word_is_offered_only_if_it_is_near() -> None:
    assert nearest("data_scientist", ["backup", "data_scientists"]) == "data_scientists"
    assert nearest("zzz", ["backup"]) is None
    assert did_you_mean("bakcup", ["backup"]) == "Did you mean 'backup'?"
    assert did_you_mean("zzz", ["backup"]) == ""
