"""Calendars, numbers, traits and conditions of a plan, as the records that compiled code reads.

The records that use them (steps, acts, teams, sources) are written by `tables`.
"""

from __future__ import annotations

import numpy as np

from sim.calendars import Calendar
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine.writing import Writer, bits
from sim.plan.arrays import NONE, ConditionRow, NumberKind, NumberRow, TestKind

OPERATIONS = (NumberKind.ADD, NumberKind.SUBTRACT, NumberKind.MULTIPLY, NumberKind.DIVIDE)


class NumberWriter(Writer):
    """Writes calendars, numbers, traits and conditions."""

    traits: list[int]
    numbers: list[int]

    def calendar(self, index: int, row: Calendar) -> int:
        address = self.room(at.CAL_SIZE)
        opens = row.opens.tolist()
        self.put(
            address,
            CAL_INDEX=index,
            CAL_N=len(row),
            CAL_OPENS=self.array(opens),
            CAL_CLOSES=self.array(row.closes.tolist()),
            CAL_BEFORE=self.array(row.cumulative.tolist()),
            CAL_TOTAL=row.total,
            CAL_LONGEST=row.longest_opening(),
            CAL_CURSOR=-1,
            CAL_CLOSE=NONE,
        )
        return address

    def _numbers(self) -> None:
        addresses = self.numbers
        self.numbers = [self._meant(index) for index in range(len(addresses))]
        for address, row in zip(addresses, self.plan.numbers, strict=True):
            self.put(
                address,
                NUM_KIND=row.kind,
                NUM_VALUE=bits(row.value),
                NUM_N=len(row.points) if row.kind == NumberKind.RAMP else len(row.children),
                NUM_CHILDREN=self.array(self.numbers[child] for child in row.children),
                NUM_POINTS=self.array(row.points),
                NUM_WEIGHTS=self.reals(row.weights),
                NUM_TRAIT=self.one(self.traits, row.trait),
                NUM_IS_FLAT=self._is_flat(row),
            )
            if row.distribution is not None:
                drawn = row.distribution
                self.put(address, NUM_FAMILY=drawn.family, NUM_POINTS=self._table(drawn.table))
                self.put(address, NUM_N=len(drawn.table))
                for i, parameter in enumerate(drawn.parameters):
                    self.words[address + at.NUM_PARAMETERS + i] = bits(parameter)

    def _meant(self, index: int) -> int:
        """The address of a number; of one times 1, or divided by 1, that of what it was: the same bits.

        A factor that the writer of a scenario may turn, such as a pace, mostly stands at 1.
        """
        row = self.plan.numbers[index]
        if row.kind in (NumberKind.MULTIPLY, NumberKind.DIVIDE):
            left, right = row.children
            factor = self.plan.numbers[right]
            if factor.kind is NumberKind.CONSTANT and factor.value == 1.0:
                return self._meant(left)
        return self.numbers[index]

    def _is_flat(self, row: NumberRow) -> bool:
        kinds = {self.plan.numbers[child].kind for child in row.children}
        return row.kind in OPERATIONS and kinds <= {NumberKind.CONSTANT, NumberKind.DISTRIBUTION}

    def _table(self, table: tuple[float, ...]) -> int:
        address = len(self.words)
        self.words.extend(np.array(table, dtype=np.float64).view(np.int64).tolist())
        return address

    def _traits(self) -> None:
        for index, (address, row) in enumerate(zip(self.traits, self.plan.traits, strict=True)):
            ask = self.room(at.NUM_SIZE)
            self.put(ask, NUM_KIND=at.NUMBER_TRAIT, NUM_TRAIT=address)
            self.put(
                address,
                TRAIT_INDEX=index,
                TRAIT_KIND=row.kind,
                TRAIT_KEY=self.key(row.name),
                TRAIT_N=len(row.numbers),
                TRAIT_NUMBERS=self.array(self.one(self.numbers, number) for number in row.numbers),
                TRAIT_ASK=ask,
            )

    def test(self, condition: int) -> int:
        """The first test of a condition; no condition always holds."""
        if condition == NONE:
            return at.ALWAYS
        return self._chain(self.plan.conditions[condition], at.ALWAYS, at.NEVER)

    def _chain(self, row: ConditionRow, yes: int, no: int) -> int:
        """Tests in the order in which they are asked, each with where to go on."""
        parts = [self.plan.conditions[child] for child in row.children]
        if row.kind is TestKind.NOT:
            return self._chain(parts[0], no, yes)
        if row.kind is TestKind.AND:
            for part in reversed(parts):
                yes = self._chain(part, yes, no)
            return yes
        if row.kind is TestKind.OR:
            for part in reversed(parts):
                no = self._chain(part, yes, no)
            return no
        address = self.room(6)
        self.put(address, TEST_KIND=row.kind, TEST_TRAIT=self.traits[row.trait], TEST_LEVEL=row.level)
        self.put(address, TEST_BOUND=bits(row.bound), TEST_YES=yes, TEST_NO=no)
        return address
