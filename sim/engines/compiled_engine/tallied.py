"""From the sums that a run has kept to tallies in words, and the rows that were asked for.

Not here: how long cases and passages stayed (stays).
"""

from __future__ import annotations

from sim.calendars import Int64Array
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.stays import StayBook
from sim.plan.arrays import Plan, StepRow
from sim.plan.measured import groups_of_flow, teams_of_steps
from sim.records.tallies import (
    CaseTally,
    FlowTally,
    MoneyTally,
    OwnerTally,
    Stays,
    StepTally,
    Tallies,
    TeamTally,
)


def tallies_of(words: Int64Array, book: StayBook, plan: Plan) -> Tallies:
    """The tallies of a run that is over."""
    return _Reader(words, book, plan).read()


class _Reader:
    """Reads the sums out of the memory of a run."""

    def __init__(self, words: Int64Array, book: StayBook, plan: Plan) -> None:
        self.words, self.book, self.plan = words, book, plan

    def read(self) -> Tallies:
        plan = self.plan
        steps = self.rows(sums.STEPS, sums.STEP_SUMS, len(plan.steps))
        return Tallies(
            cases=tuple(
                self.cases(i, row)
                for i, row in enumerate(self.rows(sums.TYPES, sums.TYPE_SUMS, len(plan.case_types)))
            ),
            flows=tuple(self.flows(self.rows(sums.FLOWS, sums.FLOW_SUMS, len(plan.flows)))),
            steps=tuple(StepTally(*row[: sums.STEP_STANDING + 1]) for row in steps),
            teams=self.teams(steps),
            owners=tuple(self.owner(row[sums.TEAM_OWNER]) for row in self.team_rows()),
            held_ms=tuple(self.row(sums.HELD, len(plan.environments))),
            money=self.money(),
        )

    def row(self, place: int, n: int) -> list[int]:
        """The n words that stand where the word at a place says."""
        address = int(self.words[place])
        row: list[int] = self.words[address : address + n].tolist()
        return row

    def rows(self, place: int, width: int, n: int) -> list[list[int]]:
        address = int(self.words[place])
        rows: list[list[int]] = self.words[address : address + n * width].reshape(n, width).tolist()
        return rows

    def team_rows(self) -> list[list[int]]:
        return self.rows(sums.TEAMS_SUMS, sums.TEAM_SUMS, len(self.plan.teams))

    # -- cases and flows

    def cases(self, index: int, row: list[int]) -> CaseTally:
        return CaseTally(
            counted=self.book.counted.get(index, Stays()),
            account=tuple(row[: sums.N_CLASSES]),
            left=row[sums.TYPE_LEFT],
            inside_ms=row[sums.TYPE_INSIDE],
            growth=wide(row, sums.TYPE_GROWTH),
            by_patience=row[sums.TYPE_BY_PATIENCE],
            in_production=row[sums.TYPE_IN_PRODUCTION],
            open=row[sums.TYPE_OPEN],
            open_known=row[sums.TYPE_OPEN_KNOWN],
            open_age_ms=row[sums.TYPE_OPEN_AGE],
            visits=row[sums.TYPE_VISITS],
            hand_overs=row[sums.TYPE_HAND_OVERS],
            worked_ms=row[sums.TYPE_WORKED],
            outcomes=self.book.outcomes(index),
        )

    def flows(self, rows: list[list[int]]) -> list[FlowTally]:
        found, n_groups = [], 0
        for index, row in enumerate(rows):
            groups = groups_of_flow(self.plan, index)
            found.append(
                FlowTally(
                    counted=self.book.of(sums.OF_FLOW, index),
                    account=tuple(row[: sums.N_CLASSES]),
                    left=row[sums.FLOW_LEFT],
                    inside_ms=row[sums.FLOW_INSIDE_MS],
                    open=row[sums.FLOW_OPEN],
                    groups={
                        group.label: self.book.of(sums.OF_GROUP, n_groups + i)
                        for i, group in enumerate(groups)
                    },
                )
            )
            n_groups += len(groups)
        return found

    # -- teams

    def teams(self, steps: list[list[int]]) -> tuple[TeamTally, ...]:
        queues = self.queues(steps)
        return tuple(
            TeamTally(*row[: sums.TEAM_LEAVING + 1], *queue)
            for row, queue in zip(self.team_rows(), queues, strict=True)
        )

    def queues(self, steps: list[list[int]]) -> list[list[int]]:
        """Visits, waited, standing and growth of each team, gathered from the steps."""
        found = [[0, 0, 0, 0] for _ in self.plan.teams]
        for step, teams, row in zip(self.plan.steps, teams_of_steps(self.plan), steps, strict=True):
            for team, values in self.queues_of(step, teams, row):
                found[team] = [a + b for a, b in zip(found[team], values, strict=True)]
        return found

    def queues_of(self, step: StepRow, teams: tuple[int, ...], row: list[int]) -> list[tuple[int, list[int]]]:
        """The same of one step: of its teams, or where it has alternatives of those that worked there."""
        if not step.alternatives:
            mine = [row[i] for i in (sums.STEP_VISITS, sums.STEP_WAITED, sums.STEP_STANDING)]
            return [(team, [*mine, wide(row, sums.STEP_GROWTH)]) for team in teams]
        found = []
        for i in range(row[sums.STEP_N_CANDIDATES]):
            address = row[sums.STEP_CANDIDATES] + sums.CANDIDATE_SIZE * i
            one = self.words[address : address + sums.CANDIDATE_SIZE].tolist()
            growth = wide(one, sums.CANDIDATE_GROWTH)
            found.append((one[0], [*one[1 : sums.CANDIDATE_GROWTH], growth]))
        return found

    def owner(self, address: int) -> OwnerTally | None:
        if address == 0:
            return None
        row = self.words[address : address + sums.OWNER_SUMS].tolist()
        work = row[sums.OWNER_WORK], row[1], row[2], row[3]
        return OwnerTally(work, *row[sums.OWNER_SWITCHING : sums.OWNER_WAITING + 1])

    def money(self) -> MoneyTally | None:
        n = int(self.words[sums.N_PIECES])
        if n == 0:
            return None
        hours = [
            self.words[row[sums.TEAM_HOURS] :][: sums.HOURS_SIZE * n].reshape(n, sums.HOURS_SIZE).T.tolist()
            for row in self.team_rows()
        ]
        worked, overtime, waste = (tuple(tuple(row[i]) for row in hours) for i in range(sums.HOURS_SIZE))
        return MoneyTally(tuple(self.row(sums.EDGES, n + 1)), worked, overtime, waste)


def wide(row: list[int], place: int) -> int:
    """A sum of two words."""
    return (row[place + 1] << sums.LIMB) + row[place]
