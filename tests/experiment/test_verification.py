"""`verify` passes on a right program, and names the check that a fault breaks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import engines
from sim.engines.simpy_engine import luck as engine_luck
from sim.errors import EngineError
from sim.experiment.verification import all_checks, bench, laws, theory, verify
from sim.experiment.verification.findings import Check, Finding, Line
from sim.metrics import accounts
from sim.randomness import distributions, philox
from sim.records import AccountClass, Facts, SpanState

Look = Callable[..., Finding]


@pytest.fixture
def looked() -> Look:
    """Carry out one check by its name, on the engine whose parts can be replaced by faulty ones."""

    def carry_out(name: str) -> Finding:
        chosen = [check for check in all_checks() if check.name == name]
        (finding,) = verify(engine="simpy", checks=chosen).findings
        return finding

    return carry_out


def failed(finding: Finding) -> list[str]:
    return [line.compared for line in finding.lines if line.passed is False]


@pytest.mark.parametrize("check", [c.name for c in all_checks() if not c.name.startswith("theory")])
def test_a_right_program_passes_every_exact_check(looked, check):
    finding = looked(check)
    assert failed(finding) == []
    assert finding.lines and finding.seconds >= 0


@pytest.mark.slow  # thirty replications
def test_a_right_program_agrees_with_theory(looked):
    assert failed(looked("theory: M/M/2/5")) == []


def test_every_model_is_a_file_that_loads_alone():
    for model in bench.MODELS:
        assert bench.compile_from_file(model).steps
    folder = Path(bench.__file__).parent / "models"
    assert {path.stem for path in folder.glob("*")} == set(bench.MODELS)


def test_jane_is_the_jane_that_is_shipped():
    shipped = Path(__file__).parents[2] / "scenarios" / "jane.yaml"
    here = Path(bench.__file__).parent / "models" / "jane.yaml"
    assert here.read_bytes() == shipped.read_bytes()


# -- faults


def test_work_that_is_too_long_is_told_by_theory(looked, monkeypatch):
    plan = bench.compile_from_file("mm1")
    longer = [
        replace(row, distribution=distributions.exponential(1.3 * row.distribution.parameters[0]))
        if row.distribution is not None
        else row
        for row in plan.numbers
    ]
    monkeypatch.setattr(bench, "_plan", lambda model: replace(plan, numbers=tuple(longer)))
    assert "utilisation [%]" in failed(looked("theory: M/M/1"))
    assert failed(looked("keyed draws")) == []  # arrivals are another draw


def test_a_sampler_that_is_skewed_is_told_by_theory(looked, monkeypatch):
    honest = distributions.Distribution.quantile
    monkeypatch.setattr(distributions.Distribution, "quantile", lambda self, u: honest(self, u**0.8))
    finding = looked("theory: M/M/1")
    assert "utilisation [%]" in failed(finding)
    assert {line.note for line in finding.lines if line.passed is False} >= {
        "theory lies outside the interval"
    }


def test_a_seed_that_is_not_used_is_told(looked, monkeypatch):
    honest = engine_luck.uniforms
    monkeypatch.setattr(engine_luck, "uniforms", lambda seed, *rest: honest(1, *rest))
    assert failed(looked("same seed, same log")) == ["another seed"]
    (line,) = looked("keyed draws").lines
    assert line.verdict == "FAILED"


def test_luck_that_depends_on_when_it_is_asked_for_is_told(looked, monkeypatch):
    honest, asked = engine_luck.uniforms, [0]

    def forgetful(seed, replication, number, code, visit, generation, purpose):
        asked[0] += 1
        return honest(seed, replication, asked[0], code, visit, generation, purpose)

    monkeypatch.setattr(engine_luck, "uniforms", forgetful)
    assert "another seed" not in failed(looked("same seed, same log"))
    assert len(failed(looked("same seed, same log"))) == 3


def test_a_wrong_round_of_philox_is_told(looked, monkeypatch):
    from sim.experiment.verification import luck

    monkeypatch.setattr(luck, "philox4x32", lambda *words: (*philox.philox4x32(*words)[:3], 0))
    finding = looked("Philox 4x32-10")
    assert len(failed(finding)) == 3
    assert "published 6627e8d5 e169c58d bc57ac4c 9b00dbd8" in finding.lines[0].note


def test_a_class_that_goes_astray_is_told(looked, monkeypatch):
    wrong = dict(accounts._CLASSES)
    wrong[SpanState.QUEUE] = (AccountClass.REWORK, AccountClass.REWORK)
    monkeypatch.setattr(accounts, "_CLASSES", wrong)
    assert failed(looked("conservation of accounts")) == ["ms accounted as work, ms worked"]


def test_time_that_is_lost_is_told(looked, monkeypatch):
    honest = accounts.account_of_tiles

    def forgetful(*arguments):
        found = honest(*arguments)
        found[0, np.flatnonzero(found[0])[0]] -= 1
        return found

    monkeypatch.setattr(laws, "account_of_tiles", forgetful)
    assert "cases of 1180 out of balance, mm3" in failed(looked("conservation of accounts"))


def test_an_engine_that_gives_up_is_a_check_that_failed(looked, monkeypatch):
    def broken(*_: object, **__: object) -> Facts:
        raise EngineError("nothing can happen any more")

    monkeypatch.setattr(engines, "run", broken)
    finding = looked("monotonicity")
    assert failed(finding) == ["comes to its end"]
    assert finding.lines[-1].note == "nothing can happen any more"


def test_a_case_that_leaves_without_a_word_is_told(looked, monkeypatch):
    honest = engines.run

    def silent(*arguments, **options):
        facts = honest(*arguments, **options)
        leaves = [row for row in facts.events if row[9] == "leave"]
        facts.events = [row for row in facts.events if row is not leaves[5]]
        return facts

    monkeypatch.setattr(engines, "run", silent)
    assert "left + inside = arrived, mm3" in failed(looked("conservation of cases"))
    assert "cases inside, by the log, mm3" in failed(looked("Little's law"))


def test_work_that_grows_with_the_team_is_told_by_monotonicity(looked, monkeypatch):
    honest = bench._plan

    def slower(model):
        plan = honest(model)
        if model != "one_more":
            return plan
        rows = (
            replace(row, distribution=distributions.lognormal(mean=3 * 7.2e6, cv=1.0))
            if row.distribution
            else row
            for row in plan.numbers
        )
        return replace(plan, numbers=tuple(rows))

    monkeypatch.setattr(bench, "_plan", slower)
    assert failed(looked("monotonicity"))[0].endswith("done later")


def test_an_interval_that_cannot_tell_fails(monkeypatch):
    model = replace(theory.mm1(), replications=4)
    check = Check("few", lambda found: theory.look(model, found))
    (finding,) = verify(checks=[check]).findings
    assert any(line.note.startswith("too wide to tell") for line in finding.lines)


def test_two_engines_that_differ_are_told_with_the_row(monkeypatch):
    honest = engines.run

    def one_late(plan, *, engine, **options):
        facts = honest(plan, engine="simpy", **options)
        if engine == "other" and plan.name == "M/M/1":
            row = list(facts.events[10])
            row[1] += 1
            facts.events = [*facts.events[:10], tuple(row), *facts.events[11:]]
        return facts

    monkeypatch.setattr(engines, "run", one_late)
    monkeypatch.setattr(engines, "ENGINES", ("simpy", "other"))
    chosen = [check for check in all_checks() if check.name == "engine against engine"]
    finding = verify(checks=chosen).findings[0]
    assert failed(finding) == [
        "simpy and other, 12 models: logs and accounts that differ",
        "mm1, rows from the first that differs",
    ]
    assert finding.lines[1].note.startswith("row 11 is ")


def test_one_engine_alone_is_not_called_compared(monkeypatch):
    monkeypatch.setattr(engines, "ENGINES", ("simpy",))
    chosen = [check for check in all_checks() if check.name == "engine against engine"]
    (line,) = verify(checks=chosen).findings[0].lines
    assert line.verdict == "not looked at" and line.note.startswith("one engine only")


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match=r"no engine is called 'warp'\. Engines: simpy"):
        verify(engine="warp", checks=())


def test_what_is_not_a_number_is_never_near():
    from sim.experiment.verification.findings import near

    assert near("nothing", math.nan, 1.0, 10.0).verdict == "FAILED"
    assert Line("nothing", "", "", 0.0, None).verdict == "not looked at"


def test_the_page_for_strangers_lists_every_check_once():
    page = Path(__file__).parents[2] / "docs" / "how-to-trust.md"
    names = [line.split(" | ")[0].removeprefix("| ") for line in page.read_text("utf-8").splitlines()]
    known = [check.name for check in all_checks()]
    assert [name for name in names if name in known] == known
