"""What the deep checks refuse, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.load import load

BASE = """\
clock: {start: 2027-01-04, horizon: 12 months}
assumptions:
  return_rate: {value: 20%, range: [10%, 40%], source: assumption}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  board: {days: Tue, every: 2 weeks, hours: 14:00-16:00}
teams:
  desk: {size: 2, cost: 49 per hour}
  analysts: {size: 4, owns: 2}
environments:
  sandbox: {cost: 168 per month}
traits:
  sensitive: 40%
  size: {large: 50%, standard: rest}
cases:
  request:
    arrive: {rate: 3 per d}
    owner: analysts
    flow: main
flows:
  main:
    steps:
      file: {team: owner, work: 1 h}
      triage:
        team: desk
        work: 30 min
        then: {returned: {p: $return_rate, go_to: file}, complete: rest}
      get: {flow: inner, then: {wrong: {go_to: file}, ready: rest}}
      ready: {milestone: is_ready}
  inner:
    steps:
      make: {team: desk, work: 1 h, takes: sandbox, when: sensitive and size is large}
      test: {team: owner, work: 1 h, then: {wrong: {p: 10%, leave: wrong}, good: rest}}
"""


def problems_of(tmp_path: Path, *changes: tuple[str, str]) -> str:
    """The words of the error that the file above raises after changes."""
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_a_sound_file_has_no_problems(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(BASE, encoding="utf-8")
    assert load(tmp_path / "scenario.yaml").name == "scenario"


NAMES = [
    (
        "team: desk\n",
        "team: dsk\n",
        "no team is called 'dsk'. Teams here: analysts, desk, owner.\n  Did you mean 'desk'?",
    ),
    (
        "flow: main",
        "flow: mian",
        "no flow is called 'mian'. Flows here: inner, main.\n  Did you mean 'main'?",
    ),
    (
        "go_to: file}, c",
        "go_to: fil}, c",
        "no step is called 'fil' in flow 'main'. Steps here: file, get, ready, triage.",
    ),
    ("takes: sandbox", "takes: sandbx", "no environment is called 'sandbx'. Environments here: sandbox."),
    ("sensitive and", "senstive and", "no trait is called 'senstive'. Traits here: sensitive, size."),
    ("is large", "is huge", "no level is called 'huge' of trait 'size'. Levels here: large, standard."),
    ("$return_rate", "$return_rat", "$return_rate"),
    (
        "{milestone: is_ready}",
        "{wait: until bord}",
        "no calendar is called 'bord'. Calendars here: always, board, office.",
    ),
    (
        "{milestone: is_ready}",
        "{end: {as: x, starts: {case: reqest}}}",
        "no case is called 'reqest'. Cases here: request.",
    ),
    ("owner: analysts", "owner: analyst", "no team is called 'analyst'. Teams here: analysts, desk."),
    (
        "    owner: analysts\n",
        "    owner: analysts\n    patience: {waiting: 9 d, until: is_redy}\n",
        "no milestone is called 'is_redy'. Milestones here: is_ready.\n  Did you mean 'is_ready'?",
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), NAMES)
def test_an_undefined_name_comes_with_those_that_exist(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert words in problems_of(tmp_path, (old, new))


NUMBERS = [
    ("work: 30 min", "work: 1 day", "found '1 day': work is in working time; write 1 d."),
    ("work: 30 min", "work: 3", "found 3 (plain number) where working time belongs"),
    ("work: 30 min", "work: lognormal mean", "A lognormal is written 'lognormal mean 2 h cv 1'."),
    ("work: 30 min", "work: -1 h", "Admissible: 0 or more."),
    ("size: 2", "size: -2", "found -2. Admissible: 0 or more."),
    ("size: 2", "size: exponential mean 3", "Admissible: a number that is not drawn."),
    ("owns: 2", "owns: 1.5", "found 1.5. Admissible: a whole number."),
    ("49 per hour", "3 h", "where price belongs"),
    ("{p: 10%", "{p: 120%", "Admissible: 0% to 100%."),
    ("{p: 10%", "{p: 0.1", "0.1 is written 10%."),
    ("rate: 3 per d", "rate: 3", "where rate belongs"),
    ("sensitive: 40%", "sensitive: 140%", "Admissible: 0% to 100%."),
    ("work: 30 min", "work: {by: size, large: 1 h}", "a number is missing for standard of trait 'size'."),
]


@pytest.mark.parametrize(("old", "new", "words"), NUMBERS)
def test_a_number_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in problems_of(tmp_path, (old, new))


def test_a_problem_names_line_column_and_key(tmp_path: Path) -> None:
    found = problems_of(tmp_path, ("work: 30 min", "work: 1 day"))
    assert found.startswith(f"{tmp_path}/scenario.yaml:26:15: flows.main.steps.triage.work\n")


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    found = problems_of(tmp_path, ("work: 30 min", "work: 1 day"), ("takes: sandbox", "takes: x"))
    assert "write 1 d" in found and "no environment is called 'x'" in found


STEPS = [
    (
        "{milestone: is_ready}",
        "{milestone: is_ready, wait: 1 d}",
        "found wait and milestone. A step is of one kind.",
    ),
    ("{milestone: is_ready}", "{why: approval}", "this step has no kind. Kinds: team and work, wait, flow,"),
    ("{team: owner, work: 1 h}", "{team: owner}", "the key 'work' is missing: how long does the team work?"),
    ("{team: owner, work: 1 h}", "{work: 1 h}", "the key 'team' is missing: who does this work?"),
    ("{milestone: is_ready}", "{wait: 1 d, adds: value}", "'adds' belongs to work, and this is 'wait'."),
    ("complete: rest", "complete: 80%", "every outcome has a probability. Exactly one goes without"),
    ("{p: $return_rate, go_to: file}", "{go_to: file}", "found returned, complete without a probability."),
    ("good: rest", "bad: {p: 95%, end: bad}, good: rest", "the probabilities make 105%."),
    (
        "go_to: file}, c",
        "go_to: file, end: x}, c",
        "found go_to and end. Exactly one of go_to, end, leave, do.",
    ),
    (
        "{wrong: {go_to: file}, ready: rest}",
        "next",
        "flow 'inner' can leave with 'wrong', and this step does not",
    ),
    (
        "{wrong: {go_to: file}",
        "{wrng: {go_to: file}",
        "flow 'inner' does not leave with 'wrng'. It leaves with: wrong;",
    ),
    (
        "{flow: inner, then: {wrong: {go_to: file}, ready: rest}}",
        "{parallel: {a: inner}}",
        "flow 'inner' can leave with 'wrong', and a branch of a fork cannot route it.",
    ),
    ("make: {team: desk, work: 1 h", "make: {flow: main", "this flow calls itself: main → inner → main."),
    ("{milestone: is_ready}", "{wait: 1 d, then: triage}", "can never leave this flow"),
    (
        "{milestone: is_ready}",
        "{milestone: is_ready, then: {again: {p: 50%, go_to: ready}, on: rest}}",
        "a case can go round here for ever in no time: ready → ready.",
    ),
    (
        "{milestone: is_ready}",
        "{wait: until board, then: {again: {p: 50%, go_to: ready}, on: rest}}",
        "a case can go round here for ever in no time: ready → ready.",
    ),
    (
        "work: 30 min",
        "work: 30 min\n        batch: {or_after: 1 d}",
        "a batch has one of `exactly` and `up_to`",
    ),
    (
        "    owner: analysts\n",
        "",
        "the owner works at flows.inner.steps.test, and cases of this type have none.",
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), STEPS)
def test_a_step_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in problems_of(tmp_path, (old, new))


def test_a_loop_in_no_time_is_sound_if_it_is_taken_so_many_times_at_most(tmp_path: Path) -> None:
    step = "{milestone: is_ready, then: {again: {p: 50%, go_to: ready, at_most: 2}, on: rest}}"
    path = tmp_path / "scenario.yaml"
    path.write_text(BASE.replace("{milestone: is_ready}", step), encoding="utf-8")
    assert load(path)


def test_work_that_some_cases_skip_may_be_repeated(tmp_path: Path) -> None:
    step = "{team: desk, work: 1 h, when: sensitive, then: {again: {p: 50%, go_to: ready}, on: rest}}"
    path = tmp_path / "scenario.yaml"
    path.write_text(BASE.replace("{milestone: is_ready}", step), encoding="utf-8")
    assert load(path)


def test_a_detour_in_no_time_is_a_loop(tmp_path: Path) -> None:
    step = "{milestone: is_ready, then: {again: {p: 50%, do: note}, on: rest}}"
    found = problems_of(
        tmp_path,
        ("{milestone: is_ready}", step),
        ("  inner:\n", "  note: {steps: {n: {milestone: n}}}\n  inner:\n"),
    )
    assert "a case can go round here for ever in no time: ready → ready." in found


def test_an_exact_batch_in_a_limited_flow_needs_a_time(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        ("  inner:\n", "  inner:\n    limit: 3\n"),
        ("takes: sandbox", "takes: sandbox, batch: {exactly: 4}"),
    )
    assert "an exact batch inside a flow with a limit could wait for ever. Add `or_after`" in found


SECTIONS = [
    ("days: Tue", "days: Tuesday", "days: found 'Tuesday'"),
    ("hours: 14:00-16:00", "hours: 14:00-16:00, at: 18:00", "found both of hours and at."),
    ("every: 2 weeks", "every: fortnight", "found 'fortnight'. Admissible: a whole number of weeks"),
    ("2027-01-04, ", "2027-13-04, ", "found '2027-13-04'. Admissible: a date, such as 2027-01-04."),
    ("horizon: 12 months", "horizon: 12 h", "found '12 h' (working time) where wall-clock time belongs"),
    (
        "assumptions:",
        "economics: {years: 3}\nassumptions:",
        "Write `horizon: 36 months` or more, or fewer years.",
    ),
    ("  office:", "  offices:", "which calendar is the business calendar?"),
    ("[10%, 40%]", "[10%, 4 h]", "found '4 h' (working time) where share belongs"),
    ("[10%, 40%]", "[50%, 40%]", "found 50% and 40%. Low comes first, then high."),
    (
        "    flow: main\n",
        "    flow: main\n    start_with: {get/mak: 2}\n",
        "no step is called 'mak' in flow 'inner'",
    ),
    ("    flow: main\n", "    flow: main\n    start_with: {file/make: 2}\n", "step 'file' runs no flow"),
    (
        "cases:\n",
        "economics: {costs: {x: {amount: 5 h}}}\ncases:\n",
        "found '5 h' (working time) where money belongs",
    ),
    (
        "cases:\n",
        "economics: {costs: {x: {amount: 5 k, when: {0 months: 50%, 9 months: 40%}}}}\ncases:\n",
        "the shares make 90%. They have to make 100%.",
    ),
    ("rate: 3 per d", "rate: 3 per d, backlog: 2", "found rate and backlog. Exactly one of: rate, every, at"),
    ("{value: 20%,", "{value: $return_rate,", "circle: $return_rate -> $return_rate"),
]


@pytest.mark.parametrize(("old", "new", "words"), SECTIONS)
def test_a_section_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in problems_of(tmp_path, (old, new))


def test_a_calendar_that_never_opens_is_refused(tmp_path: Path) -> None:
    closed = "closed: [2027-01-05], every: 60 weeks, from: 2027-01-05"
    found = problems_of(tmp_path, ("every: 2 weeks", closed))
    assert "this calendar never opens between 2027-01-04 and 2028-01-04." in found


def test_a_closed_population_starts_its_successors_by_itself(tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text(
        "clock: {start: 2027-01-04, horizon: 1 month}\n"
        "teams: {a: {size: 1}}\n"
        "cases: {x: {arrive: {population: 2}, flow: f}}\n"
        "flows: {f: {steps: {s: {team: a, work: 1 h}, e: {end: {as: over, starts: {case: x}}}}}}\n"
    )
    with pytest.raises(ScenarioError, match=r"closed population: each end starts the next one by itself"):
        load(path)
