"""Expansion: the flows of a case type become steps at paths in one flat table.

Each use of a flow, branch or detour becomes steps of its own, and targets become indices of steps of the same
use. Not here: what one act holds (acts), where outcomes lead (outcomes).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sim.errors import PlanError
from sim.plan.acts import fill_act
from sim.plan.arrays import NONE, ActKind, ActRow, Alternative, CallRow, StepRow, Target, TargetKind
from sim.plan.draft import Draft, Frame
from sim.plan.lowering import Tables
from sim.plan.names import kind_of
from sim.plan.outcomes import outcome_rows, patience_row, target_of
from sim.plan.tables import find, optional
from sim.scenario import schema
from sim.units.dimensions import Dimension

MAX_STEPS = 10_000

_ANY_KIND = ("then", "takes", "gives_back", "patience")
_OWN_WORDS = ("when", "instead", "skip", "falls_back", "after", "before")


@dataclass(slots=True)
class Expansion:
    """The flows of one case type, expanded into steps at paths."""

    draft: Draft
    case_type: str

    @property
    def tables(self) -> Tables:
        return self.draft.tables

    # --- calls

    def call_flow(self, name: str, path: str, caller: Frame | None) -> int:
        """One use of a flow at `path`: its call, after all its steps."""
        flows = self.draft.file.flows
        if name not in flows:
            raise PlanError(f"{path}: no flow is called '{name}'. Flows here: {', '.join(sorted(flows))}.")
        stack = caller.stack if caller is not None else ()
        if name in stack:
            circle = " → ".join((*stack[stack.index(name) :], name))
            raise PlanError(
                f"a flow calls itself: {circle}. Send the case back with `go_to`, or end this one."
            )
        flow = flows[name]
        when_full = None
        if flow.limit is not None and flow.limit.when_full is not None:
            when_full = self._when_full(flow.limit.when_full, path, caller, name)
        return self.call(name, flow.steps, path, (*stack, name), when_full=when_full)

    def _when_full(self, target: schema.Target, path: str, caller: Frame | None, name: str) -> Target:
        where = f"flows.{name}.limit.when_full"
        if target.leave is not None:
            return Target(TargetKind.LEAVE, name=target.leave)
        if target.do is not None:
            raise PlanError(f"{where}: who is turned away makes no detour; write go_to, leave or end")
        if target.go_to is not None and (caller is None or caller.is_branch):
            raise PlanError(f"{where}: '{path}' has no flow around it in which to go to '{target.go_to}'")
        frame = caller or Frame(name, path, {}, ())
        return target_of(self, target, frame, path, where, "")

    def call(
        self,
        definition: str,
        steps: Mapping[str, schema.Step],
        path: str,
        stack: tuple[str, ...],
        *,
        is_branch: bool = False,
        when_full: Target | None = None,
    ) -> int:
        draft = self.draft
        first = self._reserve(path, steps)
        frame = Frame(
            definition,
            path.rpartition("/")[0] if is_branch else path,
            {name: first + offset for offset, name in enumerate(steps)},
            stack,
            is_branch,
        )
        call = len(draft.calls)
        draft.calls.append(None)
        draft.frames[call] = frame
        indices = [*frame.steps.values(), NONE]
        for position, (name, step) in enumerate(steps.items()):
            row = self._step(name, step, frame, next_step=indices[position + 1])
            draft.steps[indices[position]] = row
        draft.calls[call] = CallRow(draft.flow_index[definition], first, path, when_full)
        return call

    def _reserve(self, path: str, steps: Mapping[str, schema.Step]) -> int:
        """Room for the steps of one use of a flow; the index of the first."""
        draft = self.draft
        first = len(draft.steps)
        if first + len(steps) > MAX_STEPS:
            raise PlanError(
                f"the flows come to more than {MAX_STEPS:,} steps (reached at '{path}'). Every call of a "
                "flow counts its steps again, for every case type; call less deeply."
            )
        draft.steps.extend([None] * len(steps))
        return first

    # --- steps

    def _step(self, name: str, step: schema.Step, frame: Frame, *, next_step: int) -> StepRow:
        path = f"{frame.path}/{name}"
        if path in self.draft.paths:
            raise PlanError(f"two steps come to the same path '{path}'; rename one of them")
        self.draft.paths.add(path)
        # A branch of one step is its own flow, and already named after the step.
        definition = frame.definition if frame.is_branch else f"{frame.definition}.{name}"
        ordinary = self._act(step, frame, path, path, definition)
        act_index = self._add_act(ordinary)
        alternatives = tuple(
            self._alternative(key, alternative, step, ordinary, frame, definition)
            for key, alternative in step.instead.items()
        )
        return StepRow(
            path=path,
            name=name,
            case_type=self.draft.case_type_index[self.case_type],
            when=self.tables.condition(step.when, f"{path}: when", self.case_type),
            act=act_index,
            next=next_step,
            alternatives=alternatives,
        )

    def _alternative(
        self,
        key: str,
        alternative: schema.Alternative,
        step: schema.Step,
        ordinary: ActRow,
        frame: Frame,
        definition: str,
    ) -> Alternative:
        """What is done in place of a step. What it does not write it takes over from the step."""
        path = f"{ordinary.path}#{key}"
        written = alternative.model_fields_set - set(_OWN_WORDS)
        kind = kind_of(alternative) or kind_of(step)
        if alternative.skip:
            act = ActRow(ActKind.SKIP, path, f"{definition}#{key}", key, outcome_path=path)
        else:
            inherited = set(type(step).model_fields) if kind == kind_of(step) else set(_ANY_KIND)
            values = {
                word: getattr(alternative if word in written else step, word)
                for word in type(step).model_fields
                if word in (written | inherited) - set(_OWN_WORDS)
            }
            whole = schema.Step.model_construct(**values)
            takes_over_calls = kind == kind_of(step) and kind not in written
            act = self._act(
                whole,
                frame,
                path,
                ordinary.path,
                f"{definition}#{key}",
                alternative=key,
                calls=ordinary.calls if takes_over_calls else None,
                inherited=ordinary if "then" not in written else None,
            )
        falls_back = optional(
            alternative.falls_back,
            lambda raw: self.tables.number(
                raw, f"{path}: falls_back", self.case_type, dimension=Dimension.SHARE
            ),
        )
        when = self.tables.condition(alternative.when, f"{path}: when", self.case_type)
        return Alternative(when, self._add_act(act), falls_back)

    def _add_act(self, act: ActRow) -> int:
        self.draft.acts.append(act)
        return len(self.draft.acts) - 1

    def _act(
        self,
        step: schema.Step,
        frame: Frame,
        path: str,
        step_path: str,
        definition: str,
        *,
        alternative: str = "",
        calls: tuple[int, ...] | None = None,
        inherited: ActRow | None = None,
    ) -> ActRow:
        """One act. `calls` and the outcomes of `inherited` are the step's, which an alternative shares."""
        word = kind_of(step)
        if step.skip or word is None:
            if not step.skip:
                raise PlanError(
                    f"{path}: this step says neither team, wait, flow, parallel, milestone nor end"
                )
            return ActRow(ActKind.SKIP, path, definition, alternative, outcome_path=path)
        act = ActRow(
            ActKind.SKIP,
            path,
            definition,
            alternative,
            takes=self._environments(step.takes, f"{path}: takes"),
            gives_back=self._environments(step.gives_back, f"{path}: gives_back"),
        )
        act = fill_act(self, word, act, step, frame, calls)
        if step.patience is not None:
            act = replace(act, patience=patience_row(self, step.patience, frame, f"{path}: patience"))
        if inherited is not None:
            return replace(act, outcomes=inherited.outcomes, outcome_path=step_path)
        return replace(act, outcomes=outcome_rows(self, step, frame, path), outcome_path=path)

    def _environments(self, names: Iterable[str], where: str) -> tuple[int, ...]:
        index = self.draft.environment_index
        return tuple(find(index, name, "environment", where) for name in names)
