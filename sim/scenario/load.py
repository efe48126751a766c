"""From files to a `Scenario`: merged, validated against the schema, its names checked, its numbers read.

`load` is the door: what it returns is sound, and what it refuses it refuses with every problem of the files,
each at its place and in plain words.
Not here: YAML and merging (reader, extends), which keys there are (schema), what names refer to (checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.calendars import ALWAYS, CalendarRule, day_length_ms, holiday_dates, week_length_ms
from sim.calendars import parse_at as parse_at
from sim.calendars import parse_days as parse_days
from sim.calendars import parse_hours as parse_hours
from sim.errors import Problem, ScenarioError
from sim.scenario import schema
from sim.scenario.checks import check
from sim.scenario.extends import Override, Resolved, put_patches, resolve
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Number, parse_value, substitute
from sim.scenario.reader import about_empty
from sim.scenario.shorthand import expand
from sim.scenario.tree import Node
from sim.units import DAY_MS, HOUR_MS, WALL_UNITS, WorkingTime

Path_ = tuple[str | int, ...]
MAX_YEARS = 100

_TAGS = ("word", "target", "outcomes")
_USUAL = WorkingTime(8 * HOUR_MS, 40 * HOUR_MS)
