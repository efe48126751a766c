"""What is worked out of a plan once, for all replications of it: a plan never changes.

Not here: anything about a run.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sim.plan.arrays import Plan

P = ParamSpec("P")
T = TypeVar("T")

_PLANS_KEPT = 16
_found: OrderedDict[int, tuple[Plan, dict[Any, Any], threading.RLock]] = OrderedDict()
_lock = threading.Lock()


def remembered(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """A function of a plan and of what can be a key, asked once for each; for the plans used last."""

    @wraps(function)
    def asked(plan: Plan, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answers, lock = _answers(plan)
        key = (function, args, tuple(kwargs.items()))
        if key not in answers:
            with lock:  # threads that begin with a plan at once would all work out the same
                if key not in answers:
                    answers[key] = function(plan, *args, **kwargs)
        result: T = answers[key]
        return result

    return asked


def _answers(plan: Plan) -> tuple[dict[Any, Any], threading.RLock]:
    """Of this very plan: to compare plans takes longer than most answers. A plan kept here keeps its id."""
    with _lock:
        _, answers, lock = _found.setdefault(id(plan), (plan, {}, threading.RLock()))
        _found.move_to_end(id(plan))
        while len(_found) > _PLANS_KEPT:
            _found.popitem(last=False)
        return answers, lock
