"""An animation as one HTML file that needs nothing else: the map as inline SVG, one script, no address.

Names go through autoescape or into a block of JSON in which nothing can end it. A policy in the page lets the
browser run that one script, by its digest, and load nothing.
Not here: what is shown (the room itself), how dots move (animation.js).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.calendars import Int64Array
from sim.charts.value_stream_map.figures import PARTS
from sim.charts.value_stream_map.ladder import COLOURS
from sim.charts.value_stream_map.words import plain
from sim.records import CLASS_WORDS, AccountClass
from sim.report.animation import Animation
from sim.report.animation.map import Room
from sim.report.animation.movements import TICK_MS
from sim.report.templating import source, templates
from sim.report.words import clean, count

_EPOCH = date(1970, 1, 1)
_PART_OF = {each: part for part, classes in PARTS.items() for each in classes}
_WAITS = ("waiting for people", "waiting for dates and limits", "waiting outside", "work at rest")


def render(shown: Animation | Sequence[Animation]) -> str:
    """The page of one animation, or of several above each other on one clock."""
    views = [shown] if isinstance(shown, Animation) else list(shown)
    environment = templates()
    script = f"\n{source(environment, 'animation.js')}"
    occurring = {each for view in views for each in view.moves.stays[:, 5].tolist()}
    width = max(view.map.width for view in views)
    page = environment.get_template("animation.html.j2").render(
        it=views[0],
        views=[_view(view, width) for view in views],
        name=clean(plain(views[0].of)),
        data=Markup(in_script([packed(view) for view in views])),
        script=Markup(script),
        digest=b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii"),
        style=Markup(source(environment, "animation.css")),
        colours=[(part, colour) for part, colour in COLOURS.items() if _classes(part, occurring)],
        causes=[(part, _causes(part, occurring)) for part in _WAITS if _classes(part, occurring)],
        weeks=count(views[0].moves.stretch.weeks, "week"),
    )
    return page if page.endswith("\n") else f"{page}\n"


def _view(shown: Animation, width: float) -> dict[str, Any]:
    """A scenario for the template; all maps of a page are as wide, so that they have one scale."""
    places = list(enumerate(shown.map.places))
    return {
        "scenario": clean(shown.result.name),
        "map": shown.map,
        "left": round((shown.map.width - width) / 2, 1),
        "width": width,
        "places": [(i, each) for i, each in places if each.box or each.key in shown.moves.used],
        "is_empty": not len(shown.moves.stays),
    }


def in_script(value: object) -> str:
    """JSON in which no character means anything to HTML."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def packed(shown: Animation) -> dict[str, Any]:
    """What the script draws: whole numbers, those that grow told by how much they grow."""
    moves = shown.moves
    begin, end, dot, station, is_work, account_class = moves.stays.T
    case = np.unique(moves.case_of_dot, return_inverse=True)[1]
    has_lead = moves.lead >= 0
    order = np.argsort(moves.leave, kind="stable")
    return {
        "ticks": moves.stretch.n_ticks,
        "tickMinutes": TICK_MS // 60_000,
        "day": shown.scenario.working_time.day_ms // TICK_MS,
        "week": shown.scenario.working_time.week_ms // TICK_MS,
        "begin": deltas(begin),
        "length": (end - begin).tolist(),
        "dot": dot.tolist(),
        "place": (2 * station + is_work).tolist(),
        "class": account_class.tolist(),
        "caseOfDot": case.tolist(),
        "arrive": deltas(np.sort(moves.arrive)),
        "leave": deltas(moves.leave[order]),
        "lead": np.where(has_lead, moves.lead, -1)[order].tolist(),
        "openings": _openings(shown),
        "rooms": [_room(room) for place in shown.map.places for room in (place.waiting, place.working)],
        "isOne": [int(place.waiting == place.working) for place in shown.map.places],
        "ends": shown.map.ends,
        "colours": [COLOURS[_PART_OF[each]] for each in AccountClass],
        "parts": [_PART_OF[each] for each in AccountClass],
        "scenario": clean(shown.result.name),
        "names": [place.name for place in shown.map.places],
    }


def deltas(values: Int64Array) -> list[int]:
    """The first value, and how much each is more than the one before."""
    result: list[int] = np.diff(values, prepend=0).tolist()
    return result


def _openings(shown: Animation) -> list[list[int]]:
    """Of each opening: ticks since the last one, and minutes since then (of the first: since 1970)."""
    start = (shown.scenario.start - _EPOCH).days * 1440
    warm_up = shown.result.plan.warm_up
    found = [
        (tick, start + (instant - warm_up) // 60_000) for tick, instant in shown.moves.stretch.openings()
    ]
    return [[b[0] - a[0], b[1] - a[1]] for a, b in pairwise([(0, 0), *found])]


def _room(room: Room) -> list[float]:
    return [room.left, room.top, room.width, room.height]


def _classes(part: str, occurring: set[int]) -> list[AccountClass]:
    return [each for each in PARTS[part] if each in occurring]


def _causes(part: str, occurring: set[int]) -> Sequence[tuple[int, str]]:
    found = _classes(part, occurring)
    return [(int(each), CLASS_WORDS[each]) for each in found] if len(found) > 1 else []
