"""Traces: at which steps it matters how often a case was there, and from where it may come to them again.

A step leaves a trace if later visits are other work than the first, or if an outcome depends on how often it
was taken (`weaken`, `at_most`). Nothing here depends on luck, time or traits.

Not here: how often a case comes to a step (visits).
"""

from __future__ import annotations

from sim.plan.arrays import NONE, ActRow, OutcomeRow, Plan, TargetKind

Steps = frozenset[int]


class Traces:
    """The steps of one plan that leave traces, from where they are reached; each answer is found once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._remembers: dict[int, bool] = {}
        self._inside: dict[int, Steps] = {}
        self._touched: dict[int, Steps] = {}

    def acts_of(self, step: int) -> list[ActRow]:
        """What may be done at a step."""
        row = self.plan.steps[step]
        return [self.plan.acts[index] for index in (row.act, *(one.act for one in row.alternatives))]

    def remembers(self, step: int) -> bool:
        """Whether later visits are other work than the first."""
        if step not in self._remembers:
            self._remembers[step] = any(
                act.work_again != NONE or act.work_again_share != NONE for act in self.acts_of(step)
            )
        return self._remembers[step]

    def inside(self, call: int) -> Steps:
        """The steps of a flow and of all flows called inside."""
        if call not in self._inside:
            own = self._steps_of(call)
            self._inside[call] = frozenset(own).union(*(self._below(step) for step in own))
        return self._inside[call]

    def touched(self, step: int) -> Steps:
        """The steps, itself and those below, at which a visit to a step reads or leaves a trace."""
        if step not in self._touched:
            self._touched[step] = frozenset(filter(self._leaves_one, {step} | self._below(step)))
        return self._touched[step]

    def ahead(self, call: int) -> dict[int, Steps]:
        """Of each step of a flow: the steps that leave traces, and that a case there may still come to."""
        own = self._steps_of(call)
        following = {
            step: {self.plan.steps[step].next}
            | {one.target.step for act in self.acts_of(step) for one in act.outcomes}
            for step in own
        }
        found = {step: self.touched(step) for step in own}
        is_whole = False
        while not is_whole:
            is_whole = True
            for step in reversed(own):  # from the end: most of them need only what comes after
                wider = found[step].union(*(found[one] for one in following[step] if one in found))
                if wider != found[step]:
                    found[step], is_whole = wider, False
        return found

    def _steps_of(self, call: int) -> list[int]:
        """The steps of a flow, in order."""
        found = []
        step = self.plan.calls[call].first
        while step != NONE:
            found.append(step)
            step = self.plan.steps[step].next
        return found

    def _below(self, step: int) -> Steps:
        """The steps of all flows that are called from a step."""
        found: set[int] = set()
        for act in self.acts_of(step):
            detours = (one.target.call for one in act.outcomes if one.target.kind is TargetKind.DO)
            for inner in (*act.calls, *detours):
                found |= self.inside(inner)
        return frozenset(found)

    def _leaves_one(self, step: int) -> bool:
        acts = self.acts_of(step)
        return self.remembers(step) or any(is_counted(one) for act in acts for one in act.outcomes)


def is_counted(outcome: OutcomeRow) -> bool:
    """Whether an outcome depends on how often it was taken."""
    return outcome.weaken != 1.0 or outcome.at_most != NONE
