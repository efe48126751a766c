"""Cases and tokens: what flows. State only; what happens to them is in `flow` and `teams`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sim.engines.simpy_engine.clock import Item, item_key
from sim.plan.arrays import NONE, CaseTypeRow


class Standing(Protocol):
    """What a token stands in: a queue, a wait, running work, a line for room."""

    def withdraw(self) -> None:
        """The token is taken out; what it occupied is free."""


@dataclass(slots=True, eq=False)
class Case:
    """One case of a source."""

    source: int
    source_name: str
    number: int
    generation: int
    type_index: int
    type: CaseTypeRow | None  # None: other work
    arrive: int
    index: int = NONE  # in Facts.cases
    owner: int = NONE  # member
    is_over: bool = False
    n_rows: int = 0
    n_tokens: int = 0
    n_begun: int = 0  # tokens with begun, unfinished work
    traits: dict[int, float] = field(default_factory=dict)
    visits: dict[int, int] = field(default_factory=dict)
    completed: set[int] = field(default_factory=set)
    open_visits: dict[int, list[int]] = field(default_factory=dict)  # step -> rows of Facts.visits to judge
    taken: dict[tuple[int, str], int] = field(default_factory=dict)
    tokens: dict[int, Token] = field(default_factory=dict)  # alive, by number
    held: dict[int, int] = field(default_factory=dict)  # environment -> unit
    held_since: dict[int, int] = field(default_factory=dict)
    holders: dict[int, Token] = field(default_factory=dict)  # environment -> the token that took it
    milestones: dict[str, int] = field(default_factory=dict)
    value: float | None = None
    due: int = 0
    patience_left: int = NONE
    patience_since: int = NONE
    patience_item: Item | None = None

    def key(self, phase: int, token: int = -1) -> int:
        return item_key(phase, self.source, self.number, self.generation, token)

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.source, self.number, self.generation)

    def new_token(self) -> Token:
        token = Token(self, self.n_tokens)
        self.n_tokens += 1
        self.tokens[token.number] = token
        return token


@dataclass(slots=True, eq=False)
class Token:
    """The case itself (number 0), or one of its parallel branches."""

    case: Case
    number: int
    standing: Standing | None = None
    rooms: list[tuple[int, int]] = field(default_factory=list)  # flows it is inside, with its passage row
    span: tuple[int, ...] | None = None  # the open span: everything of Span but its end

    def key(self, phase: int) -> int:
        return self.case.key(phase, self.number)
