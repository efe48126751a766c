"""What the written flows tell before they are expanded: names, ways to leave, kinds of steps.

Pure functions of the scenario's schema. Not here: paths, indices, rows (expand).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import schema


def flow_names(file: schema.ScenarioFile) -> list[str]:
    """All flows as defined, and the branches, each of which is a flow of one step."""
    names = list(file.flows)
    for flow_name, flow in file.flows.items():
        for name, step in flow.steps.items():
            names.extend(_branch_names(step, f"{flow_name}.{name}"))
    return names


def _branch_names(step: schema.Step, definition: str) -> Iterator[str]:
    for name, branch in (step.parallel or {}).items():
        yield f"{definition}.{name}"
        yield from _branch_names(branch, f"{definition}.{name}")
    for name, alternative in step.instead.items():
        yield from _branch_names(alternative, f"{definition}#{name}")


def leave_names(file: schema.ScenarioFile, flow: str) -> list[str]:
    """The names with which a flow may leave, sorted."""
    if flow not in file.flows:
        return []
    definition, found = file.flows[flow], set()
    if definition.limit is not None and definition.limit.when_full is not None:
        found.add(definition.limit.when_full.leave)
    for step in definition.steps.values():
        for one in (step, *step.instead.values()):
            targets: list[object] = list(one.then.values()) if isinstance(one.then, dict) else [one.then]
            if one.patience is not None:
                targets.append(one.patience.then)
            found.update(target.leave for target in targets if isinstance(target, schema.Target))
    return sorted(name for name in found if name is not None)


def kind_of(step: schema.Step) -> str | None:
    """The kind a step claims: the first of team, wait, flow, parallel, milestone, end."""
    return next((kind for kind in schema.STEP_KINDS if getattr(step, kind, None) is not None), None)


def until_calendar(wait: object) -> str | None:
    """The calendar of a wait `until <calendar>`."""
    words = wait.split() if isinstance(wait, str) else []
    return words[1] if len(words) == 2 and words[0] == "until" else None
