"""A name that only a patch mentions is new and used, or it is a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.load import load, load_with_patches

BASE = """\
clock: {start: 2027-01-04, horizon: 12 months}
assumptions: {adoption: 50%}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}, compliance: {size: 1}}
environments: {sandbox: {cost: 5 per month}}
traits: {sensitive: 40%, adopts: $adoption}
cases: {request: {arrive: {rate: 1 per d}, flow: main}}
flows:
  main:
    steps:
      file: {team: desk, work: 1 h}
      review:
        team: compliance
        work: 30 min
        when: sensitive
        takes: sandbox
        then: {returned: {p: 20%, go_to: file}, complete: rest}
      both: {parallel: {data: copy, paper: {wait: 1 d}}}
  copy: {steps: {make: {team: desk, work: 1 h}}}
"""


def problems_of(tmp_path: Path, patch: str) -> str:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    path = tmp_path / "patch.yaml"
    path.write_text(f"patch: A patch\nbase: base.yaml\n{patch}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as alone:
        load(path)
    with pytest.raises(ScenarioError) as on_base:
        load_with_patches(tmp_path / "base.yaml", [path])
    assert str(alone.value) == str(on_base.value)
    return str(alone.value)


SLIPS = [
    ("teams: {complance: {size: 3}}", "the team 'complance'", "Did you mean 'compliance'?"),
    ("assumptions: {adoptoin: 80%}", "the assumption 'adoptoin'", "Did you mean 'adoption'?"),
    ("traits: {sensitiv: 10%}", "the trait 'sensitiv'", "Did you mean 'sensitive'?"),
    ("cases: {request: {traits: {sensitiv: 10%}}}", "the trait 'sensitiv'", "Did you mean 'sensitive'?"),
    ("teams: {xyz: {size: 3}}", "the team 'xyz'", "Use it, or leave it out. Here are: compliance, desk."),
    ("environments: {sandboxes: {cost: 1 per month}}", "environment 'sandboxes'", "Did you mean 'sandbox'?"),
    ("calendars: {offices: {hours: 08:00-12:00}}", "the calendar 'offices'", "Did you mean 'office'?"),
    ("cases: {requests: {priority: 2}}", "the case type 'requests'", "Did you mean 'request'?"),
    ("flows: {copi: {steps: {make: {work: 2 h}}}}", "the flow 'copi'", "Did you mean 'copy'?"),
]


@pytest.mark.parametrize(("patch", "words", "advice"), SLIPS)
def test_what_only_a_patch_mentions_and_nothing_uses_is_refused(
    tmp_path: Path, patch: str, words: str, advice: str
) -> None:
    found = problems_of(tmp_path, patch)
    assert "patch.yaml:3:" in found and "only this patch mentions" in found
    assert words in found and advice in found


INCOMPLETE = [
    ("{steps: {reviw: {work: 1 h}}}", "no step is called 'reviw' here: both, file, review. Did you mean"),
    ("{steps: {reviw: {instead: {x: {skip: true}}}}}", "A new step says of which kind it is: team, wait,"),
    ("{steps: {both: {parallel: {date: {when: adopts}}}}}", "no branch is called 'date' here: data, paper."),
    ("{steps: {review: {then: {retuned: 10%}}}}", "no outcome is called 'retuned' here: complete, returned."),
]


@pytest.mark.parametrize(("flow", "words"), INCOMPLETE)
def test_a_step_or_outcome_that_is_neither_known_nor_whole_is_refused(
    tmp_path: Path, flow: str, words: str
) -> None:
    found = problems_of(tmp_path, f"flows: {{main: {flow}}}")
    assert words in found


GOOD = [
    "teams: {night: {size: 1}}\nflows: {main: {steps: {file: {with: night}}}}",
    "assumptions: {faster: 50%}\nflows: {copy: {steps: {make: {work: 1 h * $faster}}}}",
    "traits: {odd: 5%}\nflows: {main: {steps: {file: {when: not odd}}}}",
    "environments: {box: {cost: 1 per month}}\nflows: {main: {steps: {file: {takes: box}}}}",
    "calendars: {board: {days: Tue, hours: 10:00-12:00}}\nflows: {main: {steps: {b: {wait: until board}}}}",
    "cases: {extra: {arrive: {rate: 1 per d}, flow: copy}}",
    "flows: {new: {steps: {s: {wait: 1 h}}}, main: {steps: {n: {flow: new}}}}",
    "flows: {main: {steps: {review: {then: {lost: {p: 1%, end: lost}}}}}}",
    "economics: {costs: {tool: {amount: 5 k}}}",
]


@pytest.mark.parametrize("patch", GOOD)
def test_what_is_new_and_used_is_in_order(tmp_path: Path, patch: str) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "patch.yaml").write_text(f"patch: A patch\nbase: base.yaml\n{patch}\n", encoding="utf-8")
    assert load(tmp_path / "patch.yaml")


def test_the_file_itself_may_name_what_it_does_not_use_yet(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nteams: {later: {size: 1}}\n", encoding="utf-8")
    assert "later" in load(tmp_path / "child.yaml").file.teams
