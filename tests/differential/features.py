"""What a plan has of the language, by name: for tests that want to know what has been run. Not a test."""

from __future__ import annotations

from collections.abc import Iterator

from sim.plan.arrays import NONE, ActRow, Plan, TargetKind


def features(plan: Plan) -> set[str]:
    """The constructs of a plan, as docs/engines.md names them."""
    return {name for part in (_numbers, _cases, _teams, _flows) for name in part(plan)}


def _numbers(plan: Plan) -> Iterator[str]:
    yield from (f"number {row.kind.name.lower()}" for row in plan.numbers)
    yield from (f"condition {row.kind.name.lower()}" for row in plan.conditions)
    yield from (f"trait {row.kind.name.lower()}" for row in plan.traits)


def _cases(plan: Plan) -> Iterator[str]:
    for source in plan.sources:
        yield "other work" if source.case_type == NONE else f"arrive {source.kind.name.lower()}"
        yield from ["start_with"] if source.start_steps else []
        yield from ["traits from a file"] if source.given_traits else []
    for row in plan.case_types:
        yield from ["population"] if row.population else []
        yield from ["owner"] if row.owner_team != NONE else []
        yield from ["patience of a case"] if row.patience else []
        yield from ["patience until"] if row.patience and row.patience.until else []


def _teams(plan: Plan) -> Iterator[str]:
    for team in plan.teams:
        yield f"order {team.order.name.lower()}"
        yield f"closing {team.closing.name.lower()}"
        for name in ("slice", "switching", "unlimited"):
            yield from [name] if getattr(team, name) else []
        yield from ["size over time"] if team.size_changes else []
        yield from ["focus"] if team.focus != NONE else []
    for environment in plan.environments:
        yield "pool" if environment.pool else "environment"
        yield from ["lingers"] if environment.lingers != NONE else []


def _flows(plan: Plan) -> Iterator[str]:
    yield from ["limit" for flow in plan.flows if flow.limit != NONE]
    yield from ["when_full" for call in plan.calls if call.when_full]
    for step in plan.steps:
        yield from ["when"] if step.when != NONE else []
        for other in step.alternatives:
            yield "instead"
            yield from ["falls_back"] if other.falls_back != NONE else []
    for act in plan.acts:
        yield from _act(act)


def _act(act: ActRow) -> Iterator[str]:
    yield f"step {act.kind.name.lower()}"
    yield from ["with"] if sum(need.n for need in act.needs) > 1 else []
    yield from ["work of the owner"] if any(need.is_owner for need in act.needs) else []
    yield from ["again"] if max(act.work_again, act.work_again_share) != NONE else []
    if act.batch_size:
        yield "batch exactly" if act.batch_exactly else "batch up_to"
    yield from ["takes"] if act.takes else []
    yield from ["patience of a step"] if act.patience else []
    yield from ["starts"] if act.successor else []
    for outcome in act.outcomes:
        kind = outcome.target.kind
        yield from [f"then {kind.name.lower()}"] if kind is not TargetKind.NEXT else []
        yield from ["weaken"] if outcome.weaken != 1.0 else []
        yield from ["at_most"] if outcome.at_most != NONE else []
