"""The public face: what `import sim` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sim


def test_names_are_sorted():
    assert sim.__all__ == sorted(set(sim.__all__))


@pytest.mark.parametrize("name", sim.__all__)
def test_every_name_can_be_imported(name):
    assert getattr(sim, name) is not None
    assert name in dir(sim)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(AttributeError, match="compare"):
        sim.nonsense  # noqa: B018


@pytest.mark.parametrize("library", ["numpy", "scipy", "simpy", "polars", "pydantic", "matplotlib"])
def test_import_is_light(library):
    code = f"import sys, sim; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_chart_can_be_called_from_the_room_of_charts():
    charts = sim.charts
    assert charts.__all__ == sorted(set(charts.__all__))
    assert all(callable(getattr(charts, name)) for name in charts.__all__)
    assert all(name.startswith("plot_") for name in charts.__all__)
