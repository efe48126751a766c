"""Working time: when a calendar is open, and when work that starts now will end.

Instants are integer milliseconds since the beginning of the warm-up, durations integer milliseconds.
Everything here is a pure function of a compiled calendar (two int64 arrays `opens` and `closes`, shape
(n_openings,), sorted, disjoint, half-open), so both engines can call it. The methods for one instant search
plain lists with `bisect`: on 2,600 openings `add` takes 0.4 to 0.8 µs, where a single `np.searchsorted` of a
scalar takes 0.9 µs.

Not here: dates, weekdays, holidays (rules), which team works which shift (plan).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]

FOREVER = 2**62
"""The instant beyond every calendar: what it does not allow any more happens then."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """When something is open: sorted, disjoint, half-open intervals [opens[i], closes[i]).

    Adjoining openings are one; `merged` makes them so. Equal are calendars with the same openings and name.

    Attributes
    ----------
    opens, closes : shape (n_openings,)
        Instants [ms]. The calendar keeps read-only copies.
    name
        What it is called in the scenario.
    cumulative : shape (n_openings,)
        Open time before each opening [ms].
    total
        Open time of the whole calendar [ms].

    Raises
    ------
    ValueError
        The openings are empty, overlap, adjoin, or are out of order, or are not whole numbers.
    """

    opens: Int64Array
    closes: Int64Array
    name: str = ""
    cumulative: Int64Array = field(init=False, repr=False)
    total: int = field(init=False, repr=False)
    _opens: list[int] = field(init=False, repr=False)
    _closes: list[int] = field(init=False, repr=False)
    _cumulative: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        opens = _instants(self.opens, "opens")
        closes = _instants(self.closes, "closes")
        _check_openings(opens, closes, self.name)
        ends = np.cumsum(closes - opens)
        cumulative = ends - (closes - opens)
        cumulative.flags.writeable = False
        for key, value in (
            ("opens", opens),
            ("closes", closes),
            ("cumulative", cumulative),
            ("total", int(ends[-1]) if len(ends) else 0),
            ("_opens", opens.tolist()),
            ("_closes", closes.tolist()),
            ("_cumulative", cumulative.tolist()),
        ):
            object.__setattr__(self, key, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return (self.name, self._opens, self._closes) == (other.name, other._opens, other._closes)

    def __hash__(self) -> int:
        return hash((self.name, self.opens.tobytes(), self.closes.tobytes()))

    def __reduce__(self) -> tuple[type[Calendar], tuple[Int64Array, Int64Array, str]]:
        # Workers receive plans pickled: the derived lists are cheaper rebuilt than sent.
        return Calendar, (self.opens, self.closes, self.name)

    def __len__(self) -> int:
        """Return the number of openings."""
        return len(self._opens)

    def is_open(self, t: int) -> bool:
        """Whether the instant `t` lies in an opening; at a closing instant it does not."""
        i = bisect_right(self._opens, t)
        return i > 0 and t < self._closes[i - 1]

    def is_opening_instant(self, t: int) -> bool:
        """Whether an opening begins at exactly `t`."""
        i = bisect_left(self._opens, t)
        return i < len(self._opens) and self._opens[i] == t

    def next_opening(self, t: int) -> int:
        """Return `t` itself if open, else the next opening instant, FOREVER where there is none."""
        i = bisect_right(self._opens, t)
        if i > 0 and t < self._closes[i - 1]:
            return t
        return self._opens[i] if i < len(self._opens) else FOREVER

    def closing_after(self, t: int) -> int:
        """Return the closing of the opening that contains `t`.

        While closed this is the closing of the next opening (the first closing later than `t`), FOREVER where
        there is none.
        """
        i = bisect_right(self._closes, t)
        return self._closes[i] if i < len(self._closes) else FOREVER

    def add(self, t: int, d: int) -> int:
        """Return when work of `d` open milliseconds that begins at `t` ends.

        That is `t` if d = 0, else the smallest t' with exactly `d` open milliseconds in [t, t'): what ends at
        closing time ends at the closing instant, not at the next opening. FOREVER if the calendar has not
        that much left. Raises ValueError if `d` is negative.
        """
        if d <= 0:
            if d == 0:
                return t
            raise ValueError(f"a duration is 0 ms or more, found {d}")
        i = bisect_right(self._opens, t) - 1
        if i >= 0 and t + d <= self._closes[i]:
            return t + d
        wanted = self._open_before(t) + d
        if wanted > self.total:
            return FOREVER
        j = bisect_left(self._cumulative, wanted) - 1
        return self._opens[j] + wanted - self._cumulative[j]

    def open_between(self, a: int, b: int) -> int:
        """Return the open milliseconds in [a, b). Raises ValueError if b is before a."""
        if b < a:
            raise ValueError(f"a span ends no earlier than it begins, found [{a}, {b})")
        return self._open_before(b) - self._open_before(a)

    def add_array(self, t: npt.ArrayLike, d: npt.ArrayLike) -> Int64Array:
        """Return `add` for each pair of broadcast instants and durations [ms]."""
        starts, durations = np.broadcast_arrays(_instants(t, "t"), _instants(d, "d"))
        if np.any(durations < 0):
            raise ValueError(f"a duration is 0 ms or more, found {int(durations.min())}")
        wanted = self._open_before_array(starts) + durations
        ends = np.full(starts.shape, FOREVER, dtype=np.int64)
        if len(self):
            j = np.maximum(np.searchsorted(self.cumulative, wanted, side="left") - 1, 0)
            ends = np.where(wanted <= self.total, self.opens[j] + wanted - self.cumulative[j], ends)
        return np.where(durations == 0, starts, ends)

    def open_between_array(self, a: npt.ArrayLike, b: npt.ArrayLike) -> Int64Array:
        """Return `open_between` for each pair of broadcast instants [ms]."""
        begins, ends = _instants(a, "a"), _instants(b, "b")
        if np.any(ends < begins):
            raise ValueError("a span ends no earlier than it begins, found one that does")
        return np.asarray(self._open_before_array(ends) - self._open_before_array(begins), dtype=np.int64)

    def longest_opening(self) -> int:
        """Return the length of the longest opening [ms], 0 for a calendar that never opens."""
        return int((self.closes - self.opens).max()) if len(self) else 0

    def shrunk(self, n: int) -> Calendar:
        """Return when work of `n` ms may start if it must not be suspended (closing rule `fit`).

        From each opening [o, c) the part [o, c − n + 1) is left, where the work still ends at the closing or
        before it. Work longer than the longest opening may start at an opening instant only: [o, o + 1).
        """
        n = max(n, 1)
        if n == 1:
            return self
        if n > self.longest_opening():
            return Calendar(self.opens, self.opens + 1, self.name)
        fits = self.closes - self.opens >= n
        return Calendar(self.opens[fits], self.closes[fits] - n + 1, self.name)

    def _open_before(self, t: int) -> int:
        """Return the open milliseconds before `t`."""
        i = bisect_right(self._opens, t) - 1
        if i < 0:
            return 0
        close = self._closes[i]
        return self._cumulative[i] + (t if t < close else close) - self._opens[i]

    def _open_before_array(self, t: Int64Array) -> Int64Array:
        """Return the open milliseconds before each `t`."""
        if not len(self):
            return np.zeros(t.shape, dtype=np.int64)
        i = np.searchsorted(self.opens, t, side="right") - 1
        j = np.maximum(i, 0)
        before = self.cumulative[j] + np.minimum(t, self.closes[j]) - self.opens[j]
        return np.where(i < 0, np.int64(0), before)


def merged(openings: Iterable[tuple[int, int]], name: str = "") -> Calendar:
    """Return the calendar of these openings [ms], in any order; overlapping and adjoining ones become one."""
    opens: list[int] = []
    closes: list[int] = []
    for begin, end in sorted(openings):
        if begin >= end:
            continue
        if closes and begin <= closes[-1]:
            closes[-1] = max(closes[-1], end)
        else:
            opens.append(begin)
            closes.append(end)
    return Calendar(np.array(opens, dtype=np.int64), np.array(closes, dtype=np.int64), name)


def always(end: int) -> Calendar:
    """Return the calendar that is open from 0 to `end` [ms]."""
    if end <= 0:
        raise ValueError(f"a run lasts at least 1 ms, found an end of {end}")
    return merged([(0, end)], "always")


def intersect(first: Calendar, second: Calendar, name: str | None = None) -> Calendar:
    """Return when both are open; it is called 'first and second' unless `name` says otherwise."""
    if name is None:
        name = first.name if first.name == second.name else f"{first.name} and {second.name}"
    begins = np.union1d(first.opens, second.opens)
    i = np.searchsorted(first.opens, begins, side="right") - 1
    j = np.searchsorted(second.opens, begins, side="right") - 1
    have_opened = (i >= 0) & (j >= 0)
    begins, i, j = begins[have_opened], i[have_opened], j[have_opened]
    ends = np.minimum(first.closes[i], second.closes[j])
    are_open = begins < ends
    return Calendar(begins[are_open], ends[are_open], name)


def _instants(values: npt.ArrayLike, name: str) -> Int64Array:
    """Return a read-only int64 copy of whole numbers."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be whole milliseconds, found {array.dtype}")
    copy = array.astype(np.int64)
    copy.flags.writeable = False
    return copy


def _check_openings(opens: Int64Array, closes: Int64Array, name: str) -> None:
    """Raise ValueError unless the openings are one-dimensional, not empty, in order, and apart."""
    if opens.ndim != 1 or opens.shape != closes.shape:
        raise ValueError(
            f"calendar {name!r}: opens {opens.shape} and closes {closes.shape} must be equally long"
        )
    if np.any(closes <= opens):
        i = int(np.argmax(closes <= opens))
        raise ValueError(f"calendar {name!r}: opening {i} is empty: [{opens[i]}, {closes[i]})")
    if np.any(opens[1:] <= closes[:-1]):
        i = int(np.argmax(opens[1:] <= closes[:-1]))
        raise ValueError(
            f"calendar {name!r}: opening {i + 1} at {opens[i + 1]} is not later than the closing "
            f"at {closes[i]}; `merged` joins openings"
        )
