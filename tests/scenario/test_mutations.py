"""Whatever is done to a scenario file, it either compiles or is refused in plain words, soon and with places.

Mutations are drawn from a seeded generator, so a failure can be had again: its seed is in the message. How
many there are per file is read from SIM_MUTATIONS; the suite looks at a few, a long run at thousands.
"""

from __future__ import annotations

import json
import os
import random
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sim.errors import ScenarioError
from sim.plan import compile_plan
from sim.scenario.load import load

ROOT = Path(__file__).parents[2] / "scenarios"
N_MUTATIONS = int(os.environ.get("SIM_MUTATIONS", "12"))
FIRST_SEED = int(os.environ.get("SIM_FIRST_SEED", "0"))
LONGEST_SECONDS = float(
    os.environ.get("SIM_LONGEST", "10")
)  # generous in the suite: other work may share the core

EVERYTHING = """\
name: Everything
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 month, business: office}
assumptions:
  rate: {value: 20%, range: [10%, 40%], source: assumption}
  grown: ramp 1 at 0 months to 2 at 6 months
economics:
  discount_rate: 10%
  years: 1
  costs: {tool: {amount: 5 k, when: {0 months: 50%, 3 months: 50%}, running: 1 k per month}}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00, closed: [2027-01-06]}
  board: {days: Tue, every: 2 weeks, from: 2027-01-05, hours: 14:00-16:00}
  train: {days: Thu, at: 18:00}
teams:
  desk:
    size: {0 months: 2, 3 months: 3}
    cost: 49 per hour
    order: priority
    closing: fit
    focus: 80%
    other_work: {people: 0.5, work: lognormal mean 1 h cv 1}
  experts: {size: 4, owns: 2, switching: 20 min, slice: 1 d, cost: 90 per hour}
environments:
  box: {cost: {by: size, large: 10 per month, small: 5 per month}, pool: 3, lingers: 2 days}
traits:
  urgent: 40%
  size: {large: $rate, small: rest}
  pages: uniform 1 to 9
cases:
  idea:
    arrive: {rate: 0.5 per d * $grown}
    owner: experts
    priority: {by: size, large: 1, small: 2}
    patience: {waiting: 60 d, then: {end: gone}, until: live}
    value: {per_month: lognormal median 5 k sigma 1, from: live, lasts: 12 months, decay: 5%}
    start_with: {get/make: 2}
    flow: main
  ticket: {arrive: {at: [2027-01-05 10:00]}, due: 3 d, traits: {urgent: 10%}, flow: inner}
flows:
  main:
    steps:
      frame:
        team: owner
        with: desk
        work: {first: triangular 1 h to 2 h to 8 h, again: 50%}
        when: urgent or size is large
      get: {flow: inner, then: {wrong: {go_to: frame}, ready: rest}}
      fork: {parallel: {left: side, right: {team: desk, work: 1 h, batch: {exactly: 2, or_after: 1 d}}}}
      ask:
        wait: until board
        why: board
        then: {no: {p: 10%, end: refused}, more: {p: 20%, do: side, weaken: 50%, at_most: 2}, yes: rest}
      wait: {wait: "{mix: x}", why: outside}
      live: {milestone: live}
      over: {end: {as: done_well, starts: {case: idea, p: 40%, after: 30 days}}}
  inner:
    limit: {cases: 9, when_full: {leave: wrong}}
    steps:
      make:
        team: desk
        work: {by: size, large: 2 h, small: 1 h}
        takes: box
        patience: {waiting: 5 d, then: {leave: wrong}}
        instead:
          quick: {when: pages below 3, wait: 5 min, calendar: always, falls_back: 5%}
          none: {when: not urgent, skip: true}
      test: {team: desk, work: 1 h, gives_back: box, then: {wrong: {p: $rate, leave: wrong}, good: rest}}
  side: {steps: {note: {wait: "lognormal mean 2 h cv 1"}}}
""".replace('"{mix: x}"', "{mix: {fast: {p: 80%, is: 1 h}, slow: {p: rest, is: erlang k 3 mean 2 d}}}")

VALUES: list[Any] = [
    *[None, True, False, 0, 1, -1, 3.7, 1e15, 1e16, 10**30, -(10**9), 1e-300, float("nan"), float("inf")],
    *[
        "",
        " ",
        "0",
        "1e400",
        "nan",
        "-1 h",
        "0 h",
        "1 h",
        "2 d",
        "1 day",
        "3 days",
        "1000000 years",
        "0 days",
    ],
    *[
        "50%",
        "150%",
        "-5%",
        "0%",
        "100%",
        "10 k",
        "5 per h",
        "5 k per month",
        "$rate",
        "$nothing",
        "$",
        "$150k",
    ],
    *[
        "remove",
        "rest",
        "next",
        "done",
        "owner",
        "nobody",
        "always",
        "unlimited",
        "until always",
        "until nothing",
    ],
    *[
        "lognormal mean 2 h cv 1",
        "lognormal mean 2 h cv 1e9",
        "erlang k 1e9 mean 1 h",
        "normal mean 1 h sd 9 h",
    ],
    *[
        "normal mean 0 h sd 1 min from 5 d to 6 d",
        "uniform 0 to 1",
        "triangular 1 h to 1 h to 1 h",
        "exponential",
    ],
    *["empirical x.csv column y", "ramp 0 at 0 months to 9 at 1 year", "ramp -1 at 0 days to 1 at 2 days"],
    *[
        "1 / 0",
        "1 / ramp -1 at 0 days to 1 at 9 days",
        "((((",
        "1 +",
        "2027-01-04",
        "9999-12-31",
        "0001-01-01",
    ],
    *[
        "a/b",
        "a#b",
        "a|b",
        "a@b",
        "a:b",
        "a.b",
        "x" * 300,
        "line\nbreak",
        "\u202eltr",
        "\U0001f600",
        "שלום",
        "\x07",
    ],
    *[
        "Mon-Sun",
        "00:00-24:00",
        "22:00-06:00",
        "Feb",
        "US",
        "XX",
        "../../etc/passwd",
        "/dev/zero",
        "urgent",
        "size",
    ],
    *["urgent and", "not not urgent", "size is large", "size", "pages at least 1e400", "(", "office", "main"],
    *[
        [],
        {},
        [1, 2],
        ["a"],
        {"a": 1},
        {"by": "size"},
        {"by": "size", "large": 1},
        {"by": "case", "idea": "1 h"},
    ],
    *[
        {"mix": {}},
        {"mix": {"a": {"p": "1%", "is": 1}, "b": {"p": "1%", "is": 2}}},
        {"first": "1 h", "again": "50%"},
    ],
    *[{"0 months": 1, "3 months": 2}, {"3 months": 2, "0 months": 1}, {"0 months": "50%", "1 years": "60%"}],
    *[{"go_to": "frame"}, {"end": "x"}, {"leave": "x"}, {"do": "side"}, {"do": "main"}, {"end": {"as": "x"}}],
    *[
        {"p": "50%", "go_to": "frame"},
        {"rate": "3 per d"},
        {"population": 10**9},
        {"every": "1 s"},
        {"list": "x.csv"},
    ],
    *[{"team": "desk", "work": "1 h"}, {"wait": "0 min"}, {"flow": "main"}, {"parallel": {}}, {"skip": True}],
]
"""Whatever somebody might write, or nobody."""


def _paths(plain: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, child in items:
        found += _paths(child, (*path, key))
    return found


def _at(plain: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        plain = plain[key]
    return plain


def _mutate(plain: Any, luck: random.Random) -> None:
    """One change somewhere in the tree, in place."""
    paths = _paths(plain)
    path = luck.choice(paths)
    holder, key = _at(plain, path[:-1]), path[-1]
    other = _at(plain, luck.choice(paths))
    kind = luck.randrange(7)
    if kind == 0:
        del holder[key]
    elif kind in (1, 2):
        holder[key] = deepcopy(luck.choice(VALUES))
    elif kind == 3:
        holder[key] = json.loads(json.dumps(other, default=str))
    elif kind == 4 and isinstance(holder, dict):
        name = luck.choice([*(p[-1] for p in paths), *VALUES])
        holder[str(name)] = holder.pop(key)
    elif kind == 5 and isinstance(holder, dict):
        name = luck.choice([str(p[-1]) for p in paths])
        holder[name] = luck.choice(
            [deepcopy(luck.choice(VALUES)), json.loads(json.dumps(other, default=str))]
        )
    elif isinstance(holder[key], str):
        text = holder[key]
        at = luck.randrange(len(text) + 1)
        holder[key] = (
            text[:at] + luck.choice("0 %$-.,()[]{}#|@:kMh\n\u202e'\"") + text[at + luck.randrange(2) :]
        )


def _mutate_text(text: str, luck: random.Random) -> str:
    """One change of the text: cut off, a line twice or gone, a sign put in."""
    lines, at = text.splitlines(keepends=True), luck.randrange(len(text))
    row = luck.randrange(len(lines))
    kind = luck.randrange(5)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return "".join([*lines[: row + 1], *lines[row:]])
    if kind == 2:
        return "".join([*lines[:row], *lines[row + 1 :]])
    if kind == 3:
        return text[:at] + luck.choice("{}[]:,#&*!|>'\"%@`?-\t\n\0\x07 ") + text[at:]
    return "".join([*lines[:row], " " * luck.randrange(5) + lines[row], *lines[row + 1 :]])


def mutated(text: str, seed: int) -> str:
    """A text with one to three changes."""
    luck = random.Random(seed)
    if luck.random() < 0.3:
        for _ in range(luck.randint(1, 2)):
            text = _mutate_text(text, luck) or "x"
        return text
    plain = YAML(typ="safe", pure=True).load(text)
    for _ in range(luck.randint(1, 3)):
        _mutate(plain, luck)
    return json.dumps(plain, default=str, ensure_ascii=luck.random() < 0.5)


def outcome(path: Path) -> str | None:
    """What is wrong with the way a file is taken, or None."""
    begin = time.process_time()
    try:
        scenario = load(path)
    except ScenarioError as error:
        odd = [p for p in error.problems if not p.message or not (p.line or "file" in p.message)]
        found = f"a problem without a place: {odd[0]}" if odd else None
    except Exception as error:
        found = f"load raised {type(error).__name__}: {error}"
    else:
        try:
            compile_plan(scenario)
            found = None
        except Exception as error:
            found = f"compile_plan was the first to complain, {type(error).__name__}: {error}"
    seconds = time.process_time() - begin
    return found or (f"it took {seconds:.1f} s" if seconds > LONGEST_SECONDS else None)


FILES = {
    "everything.yaml": EVERYTHING,
    "jane.yaml": (ROOT / "jane.yaml").read_text(encoding="utf-8"),
    "current_state.yaml": (ROOT / "current_state.yaml").read_text(encoding="utf-8"),
    "self_service.yaml": (ROOT / "self_service.yaml").read_text(encoding="utf-8"),
    **{
        f"patches/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "patches").glob("*.yaml"))
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All files as they are, so that a mutated one finds those that it names."""
    (tmp_path / "patches").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_file_as_it_is_compiles(folder: Path, name: str) -> None:
    compile_plan(load(folder / name))


@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_compiles_or_is_refused_with_places(folder: Path, name: str) -> None:
    failures = []
    for seed in range(FIRST_SEED, FIRST_SEED + N_MUTATIONS):
        (folder / name).write_text(mutated(FILES[name], seed), encoding="utf-8", errors="surrogatepass")
        if (found := outcome(folder / name)) is not None:
            failures.append(f"{name}, seed {seed}: {found}")
    assert not failures, "\n".join(failures)
