"""A small office with economics, and a patch of it: fast enough to be run by every test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sim.cli.main import cli

OFFICE = """
name: Small office
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 month, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
economics: {discount_rate: 10%, years: 1, freed_hours: 50%}
teams: {clerks: {size: 2, cost: 40 per hour}, experts: {size: 1, cost: 90 per hour, owns: 20}}
cases:
  request:
    arrive: {rate: 1 per d}
    owner: experts
    value: {per_month: lognormal mean 30 cv 1, from: live, lasts: 6 months}
    flow: handle
flows:
  handle:
    steps:
      get_ready: {flow: prepare}
      solve: {team: experts, work: exponential mean 3 h}
      go_live: {milestone: live}
  prepare:
    steps:
      register: {team: clerks, work: exponential mean 3 h, adds: necessary}
      check: {team: clerks, work: 4 h, adds: nothing, then: {wrong: {p: 20%, go_to: register}, ok: rest}}
"""

FORM = """
patch: A form that checks itself
base: office.yaml
changes: The check is done by the form.
economics: {costs: {form: {amount: 5 k, running: 100 per month}}}
flows: {prepare: {steps: {check: {team: clerks, work: 6 min}}}}
"""

NOTHING = """
patch: A new name for the form
base: office.yaml
changes: Nothing that matters, for 5 k.
economics: {costs: {form: {amount: 5 k}}}
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The folder with `office.yaml`, `form.yaml` and `nothing.yaml`."""
    for name, text in (("office", OFFICE), ("form", FORM), ("nothing", NOTHING)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def command(office: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command in the office's folder; options that make it fast are added to runs."""
    monkeypatch.chdir(office)

    def call(*arguments: str) -> Result:
        quick = ("--jobs", "1") if arguments[0] in ("run", "compare") and "--jobs" not in arguments else ()
        return CliRunner().invoke(cli, [*arguments, *quick])

    return call


@pytest.fixture
def document(command: Callable[..., Result]) -> Callable[..., dict[str, Any]]:
    """The JSON document that a command prints, read strictly."""

    def call(*arguments: str) -> dict[str, Any]:
        result = command(*arguments, "--json")
        assert result.exit_code == 0, result.output

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        found: dict[str, Any] = json.loads(result.stdout, parse_constant=refuse)
        return found

    return call
