"""How a command starts: it imports what it uses, when it uses it, and reads and works out nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parents[2] / "scenarios"

HEAVY = {
    *("numpy", "polars", "scipy", "pydantic", "ruamel", "lark", "holidays", "matplotlib", "PIL"),
    *("simpy", "numba", "llvmlite", "joblib", "dask", "jinja2", "pptx", "xlsxwriter", "rich", "starlette"),
}

COMMAND = """
import sys
from sim.cli.main import main
sys.argv[0] = "sim"
{before}
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("{mark}", *sorted(each.partition(".")[0] for each in sys.modules), file=sys.stderr)
"""

FIRST_REPLICATION = """
import sim.experiment.replicate as replicate
def run_one(*arguments, found=replicate.run_one, **named):
    print("{mark}", *sorted(each.partition(".")[0] for each in sys.modules), file=sys.stderr)
    return found(*arguments, **named)
replicate.run_one = run_one
"""

COUNTED = """
from importlib import import_module
def count(name, *homes):
    homes = [import_module(f"sim.{home}") for home in homes]
    def counted(*arguments, found=getattr(homes[0], name), **named):
        print("called", name, file=sys.stderr)
        return found(*arguments, **named)
    for home in homes:
        setattr(home, name, counted)
count("read_tree", "scenario.reader", "scenario.extends", "scenario.load")
count("check", "scenario.load")
count("compile_plan", "plan.compiler", "experiment.run")
count("plan_digest", "experiment.provenance", "experiment.asked")
count("LoadReckoner", "plan.offered_load")
"""

MARK = "imported so far:"


def start(*arguments: str, before: str = "") -> tuple[set[str], str]:
    """The libraries that a process has imported at its first mark, and all that it said on stderr."""
    script = COMMAND.replace("{before}", before).replace("{mark}", MARK)
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=120
    )
    marked = [line for line in done.stderr.splitlines() if line.startswith(MARK)]
    assert marked, done.stderr
    return HEAVY & set(marked[0].removeprefix(MARK).split()), done.stderr


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    return ["run", str(SCENARIOS / "current_state.yaml"), "-n", "1", "--out", str(tmp_path)]


def test_help_needs_no_library():
    assert start("--help")[0] == set()
    assert start("run", "--help")[0] == set()


def test_a_check_imports_neither_tables_nor_pictures_nor_an_engine():
    heavy, _ = start("check", str(SCENARIOS / "current_state.yaml"))
    assert heavy == {"numpy", "pydantic", "ruamel", "lark", "holidays"}


def test_nothing_is_imported_before_the_first_replication_that_it_does_not_need(arguments):
    heavy, _ = start(*arguments, before=FIRST_REPLICATION)
    assert heavy == {"numpy", "pydantic", "ruamel", "lark", "holidays", "rich", "polars"}


def test_a_run_is_simulated_and_drawn_without_what_compiles_or_plots_interactively(arguments):
    heavy, _ = start(*arguments)
    assert heavy & {"numba", "scipy", "simpy", "joblib", "dask", "jinja2", "pptx", "xlsxwriter"} == set()
    assert {"matplotlib", "llvmlite"} <= heavy


def test_a_run_reads_checks_compiles_and_reckons_its_scenario_once(arguments):
    _, said = start(*arguments, before=COUNTED)
    calls = [line.removeprefix("called ") for line in said.splitlines() if line.startswith("called ")]
    assert calls == ["read_tree", "check", "compile_plan", "plan_digest", "LoadReckoner"]
