"""Flows in words: each step one sentence, in the order of its flow.

Read from the plan, so it tells what will happen and not what was written.
Not here: numbers (words), teams and cases (describe).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.plan.arrays import (
    NONE,
    ActKind,
    ActRow,
    Alternative,
    NumberKind,
    NumberRow,
    OutcomeRow,
    PatienceRow,
    Plan,
    StepRow,
    Target,
    TargetKind,
)
from sim.plan.words import Words, listed, out_of, share
from sim.records import AccountClass

_ADDS = {
    AccountClass.VALUE_ADDING: "adds value",
    AccountClass.NECESSARY: "necessary",
    AccountClass.NON_ADDING: "adds nothing",
}
_TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a flow: a name, what is said of it, and how deep it stands."""

    depth: int
    name: str
    text: str


def flow_lines(words: Words, call: int) -> Iterator[Line]:
    """The steps of one use of a flow, in order."""
    teller = _Teller(words, words.plan)
    yield from teller.steps(call, 0)


@dataclass(frozen=True, slots=True)
class _Teller:
    words: Words
    plan: Plan

    def steps(self, call: int, depth: int) -> Iterator[Line]:
        step = self.plan.calls[call].first
        while step != NONE:
            yield from self.step(step, depth)
            step = self.plan.steps[step].next

    def step(self, index: int, depth: int) -> Iterator[Line]:
        row = self.plan.steps[index]
        act = self.plan.acts[row.act]
        only = "" if row.when == NONE else f"only if {self.words.condition(row.when)}: "
        yield Line(depth, row.name, f"{only}{self.act(act, row)}")
        if act.kind is ActKind.FORK:
            for call in act.calls:
                yield from self.steps(call, depth + 1)
        for alternative in row.alternatives:
            yield Line(depth + 1, "", self.alternative(alternative, row))

    def alternative(self, alternative: Alternative, row: StepRow) -> str:
        act = self.plan.acts[alternative.act]
        who = "always" if alternative.when == NONE else f"if {self.words.condition(alternative.when)}"
        if act.kind is ActKind.SKIP:
            return f"{who}: left out"
        is_own = act.outcome_path == act.path
        text = f"{who}, instead: {self.act(act, row, with_outcomes=is_own)}"
        if self.plan.acts[row.act].outcomes:
            text += "; then as above" if not is_own else "" if act.outcomes else "; then on"
        if alternative.falls_back != NONE:
            text += f"; {self.chance(alternative.falls_back)} then go the ordinary way too"
        return text

    # --- what is done

    def act(self, act: ActRow, row: StepRow, *, with_outcomes: bool = True) -> str:
        parts = [self._doing(act)]
        if act.takes:
            parts.append(f"takes {self._environments(act.takes)}")
        if act.gives_back:
            parts.append(f"gives back {self._environments(act.gives_back)}")
        text = ", ".join(parts)
        if act.patience is not None:
            text += f"; {self.patience(act.patience, row)}"
        outcomes = self.outcomes(act, row) if with_outcomes else ""
        return f"{text}; {outcomes}" if outcomes else text

    def _doing(self, act: ActRow) -> str:
        match act.kind:
            case ActKind.WORK:
                return self._work(act)
            case ActKind.WAIT:
                return self._wait(act)
            case ActKind.UNTIL:
                return f"waits until {self.plan.calendars[act.calendar].name} opens{_why(act)}"
            case ActKind.FLOW:
                return f"goes through {self._flow_name(act.calls[0])}"
            case ActKind.FORK:
                return "side by side, and on when all have ended:"
            case ActKind.MILESTONE:
                return f"reaches {act.name}"
            case ActKind.END:
                return self._end(act)
            case _:
                return "left out"

    def _work(self, act: ActRow) -> str:
        first, *others = [self._people(need.team, need.n, need.is_owner) for need in act.needs]
        who = f"{first} with {listed(others)}" if others else first
        text = f"{who}, {self._how_long(act)}"
        if act.batch_size:
            text += f", {self._batch(act)}"
        return f"{text} ({_ADDS[AccountClass(act.account_class)]})"

    def _people(self, team: int, n: int, is_owner: bool) -> str:
        name = "the owner" if is_owner else self.plan.teams[team].name
        return name if n == 1 else f"{n} of {name}"

    def _how_long(self, act: ActRow) -> str:
        text = self.words.say(act.work, self.words.work)
        if act.work_again_share != NONE:
            again = self.words.say(act.work_again_share, share)
            return f"{text} (when repeated, {again} of that)"
        if act.work_again != NONE:
            return f"{text} (when repeated, {self.words.say(act.work_again, self.words.work)})"
        return text

    def _batch(self, act: ActRow) -> str:
        if not act.batch_exactly:
            return f"up to {act.batch_size} cases together"
        text = f"{act.batch_size} cases together"
        if act.batch_or_after != NONE:
            text += f", or fewer after {self.words.say(act.batch_or_after, self.words.work)}"
        return text

    def _wait(self, act: ActRow) -> str:
        if self.plan.numbers[act.wait] == NumberRow(NumberKind.CONSTANT):
            return f"at once{_why(act)}"
        if act.calendar == NONE:
            return f"waits {self.words.say(act.wait, self.words.clock)}{_why(act)}"
        calendar = self.plan.calendars[act.calendar].name
        if calendar == "always":
            return f"waits {self.words.say(act.wait, self.words.clock)}, day and night{_why(act)}"
        on = "" if act.calendar == self.plan.business else f" of {calendar}"
        return f"waits {self.words.say(act.wait, self.words.work)}{on}{_why(act)}"

    def _end(self, act: ActRow) -> str:
        text = f"ends as {act.name}"
        successor = act.successor
        if successor is None:
            return text
        unit = self.words.clock if successor.after_calendar == NONE else self.words.work
        name = self.plan.case_types[successor.case_type].name
        after = self.words.say(successor.after, unit)
        when = "at once" if after == "0 min" else f"{after} later"
        return f"{text}; {self.chance(successor.p)} start a new {name} {when}"

    def _environments(self, indices: tuple[int, ...]) -> str:
        return listed([self.plan.environments[index].name for index in indices])

    def _flow_name(self, call: int) -> str:
        return self.plan.flows[self.plan.calls[call].flow].name

    # --- where it leads

    def chance(self, number: int) -> str:
        """So many of the cases."""
        row = self.plan.numbers[number]
        return out_of(row.value) if row.kind is NumberKind.CONSTANT else self.words.say(number, share)

    def patience(self, patience: PatienceRow, row: StepRow) -> str:
        after = self.words.say(patience.waiting, self.words.work)
        where = self.target(patience.target, row) or "goes on"
        if after == "0 min":
            return f"who cannot be served at once {where}"
        return f"who has waited {after} {where}"

    def outcomes(self, act: ActRow, row: StepRow) -> str:
        if len(act.outcomes) == 1 and act.outcomes[0].p == NONE:
            return f"then {self.target(act.outcomes[0].target, row) or 'on'}"
        told = [self._outcome(outcome, act, row) for outcome in act.outcomes]
        return "; ".join(one for one in told if one)

    def _outcome(self, outcome: OutcomeRow, act: ActRow, row: StepRow) -> str:
        where = self.target(outcome.target, row, plural=act.kind is not ActKind.FLOW)
        if outcome.p == NONE:
            return f"the others {where}" if where else ""
        if act.kind is ActKind.FLOW:
            return f"left with {outcome.name}, it {where or 'goes on'}"
        notes = [] if outcome.target.name == outcome.name else [outcome.name.replace("_", " ")]
        if outcome.weaken != 1.0:
            less = "half as likely" if outcome.weaken == 0.5 else f"{share(outcome.weaken)} as likely"
            notes.append(f"each time {less}")
        if outcome.at_most != NONE:
            notes.append(f"at most {_TIMES.get(outcome.at_most, f'{outcome.at_most} times')}")
        text = f"{self.chance(outcome.p)} {where or 'go on'}"
        return f"{text} ({'; '.join(notes)})" if notes else text

    def target(self, target: Target, row: StepRow, *, plural: bool = False) -> str:
        """What a case does next; '' if it just goes on to the next step."""
        go, end, leave, take = (
            ("go", "end", "leave", "take") if plural else ("goes", "ends", "leaves", "takes")
        )
        match target.kind:
            case TargetKind.GO_TO:
                step = self.plan.steps[target.step]
                if step.path == row.path:
                    return f"{go} through it again"
                return f"{go} {'back' if self._is_before(target.step, row) else 'on'} to {step.name}"
            case TargetKind.END:
                return f"{end} as {target.name}"
            case TargetKind.LEAVE:
                return f"{leave} the flow with {target.name}"
            case TargetKind.DONE:
                return f"{go} to the end of the flow"
            case TargetKind.DO:
                back = "come" if plural else "comes"
                return f"{take} a detour through {self._flow_name(target.call)} and {back} back here"
            case _:
                return ""

    def _is_before(self, step: int, row: StepRow) -> bool:
        """Whether a step of the same flow comes before this one."""
        while step != NONE:
            if self.plan.steps[step].path == row.path:
                return True
            step = self.plan.steps[step].next
        return False


def _why(act: ActRow) -> str:
    return f" ({act.why})" if act.why else ""


def leads_to(plan: Plan, target: Target) -> str:
    """Where a target leads, told from outside its flow."""
    if target.kind is TargetKind.GO_TO:
        return f"goes to {plan.steps[target.step].name}"
    if target.kind is TargetKind.END:
        return f"ends as {target.name}"
    return f"leaves with {target.name}" if target.kind is TargetKind.LEAVE else "goes on"


def calls_inside(plan: Plan, call: int) -> Iterator[int]:
    """The calls that the steps of a flow make, as they come: flows, branches, detours."""
    step = plan.calls[call].first
    while step != NONE:
        row = plan.steps[step]
        for act in (plan.acts[index] for index in (row.act, *(one.act for one in row.alternatives))):
            yield from act.calls
            yield from (one.target.call for one in act.outcomes if one.target.kind is TargetKind.DO)
        step = row.next
