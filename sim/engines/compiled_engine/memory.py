"""Blocks of the memory: taken, given back, and the rows of the tables that a run writes.

Blocks have 2^class words; given back, they wait in a list of their class. A run takes from the top of the
memory what no list has; where that is used up within one item, the run stops and begins again with more
room (luck is keyed, so it repeats itself exactly).

No kernel raises: LLVM then leaves out a check after every call, which is a tenth of all instructions. What
has to stop the run is noted, once (`stop`); its item goes on to the end, where the loop sees it. Until then
there is spare room behind the memory, and whatever repeats itself without bound looks at STOP.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from typing import Any, TypeVar

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from sim.engines.compiled_engine.layout import (
    CAPACITY,
    CHUNK_CLASS,
    FREE,
    OUT,
    OUT_FIRST,
    OUT_LAST,
    OUT_USED,
    OUT_WIDTH,
    STOP,
    STOP_AT,
    STOP_MORE,
    STOP_NONE,
    STOP_ROOM,
    TOP,
)

Words = MutableSequence[int]
Reals = MutableSequence[float]

Function = TypeVar("Function", bound=Callable[..., Any])

NJIT: Any = numba.njit
POINTER: Any = types.CPointer
INTRINSIC: Any = intrinsic
# what divides by zero is refused with its scenario; a kernel that might raise for it would cost checks too
OPTIONS = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
TYPES = {
    "Words": POINTER(types.int64),
    "Reals": POINTER(types.float64),
    "int": numba.int64,
    "float": numba.float64,
}


def kernel(function: Function, is_inlined: bool = False) -> Function:
    """A function of compiled code, compiled for the types that it declares, when it is first needed.

    Numba by itself would compile it anew for every constant it is called with: 365 times instead of 190.
    Only the entry of the engine is cached: Numba does not look into the files of what a cached function
    calls, and loads recursive functions wrongly. So nobody but compiled code can call a kernel, and the
    wrappers for Python are left out. The memory is handed on as a bare pointer: as an array it would be
    seven arguments, with its references counted (two and a half times slower).
    """
    dispatcher = NJIT(function, forceinline=is_inlined, **OPTIONS)
    declared = tuple(TYPES[text] for name, text in function.__annotations__.items() if name != "return")
    compile_for = dispatcher.compile
    dispatcher.compile = lambda _: compile_for(declared)
    compiled: Function = dispatcher
    return compiled


def question(function: Function) -> Function:
    """A kernel that mostly finds nothing to do, or does it with a few instructions: it is never called, but
    stands wherever it is asked.
    """
    return kernel(function, is_inlined=True)


def _words_at(typing: Any, address: Any) -> Any:
    """The integers that stand at an address of the machine."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())

    return POINTER(types.int64)(types.int64), code


def _reals_at(typing: Any, address: Any) -> Any:
    """The floating-point numbers that stand at an address of the machine."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())

    return POINTER(types.float64)(types.int64), code


def _reals_from(typing: Any, reals: Any, index: Any) -> Any:
    """The floating-point numbers from one of them on."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return POINTER(types.float64)(POINTER(types.float64), types.int64), code


words_at: Callable[[int], Words] = INTRINSIC(_words_at)
reals_at: Callable[[int], Reals] = INTRINSIC(_reals_at)
reals_from: Callable[[Reals, int], Reals] = INTRINSIC(_reals_from)


@kernel
def stop(m: Words, why: int, what: int, more: int) -> None:
    """The run cannot go on after this item; the first reason counts."""
    if m[STOP] == STOP_NONE:
        m[STOP], m[STOP_AT], m[STOP_MORE] = why, what, more


@kernel
def take(m: Words, size_class: int) -> int:
    """A block of 2^size_class words, with whatever stands in it."""
    block = m[FREE + size_class]
    if block:
        m[FREE + size_class] = m[block]
        return block
    block = m[TOP]
    m[TOP] = block + (1 << size_class)
    return block if m[TOP] <= m[CAPACITY] else spare(m, size_class)


@kernel
def spare(m: Words, size_class: int) -> int:
    """The block that has just been taken lies behind the memory: the run stops.

    Where the spare room ends too it is used again, since nobody will look at what is written there.
    """
    stop(m, STOP_ROOM, 0, 0)
    if m[TOP] > 2 * m[CAPACITY]:
        m[TOP] = m[CAPACITY] + (1 << size_class)
    return m[TOP] - (1 << size_class)


@kernel
def give(m: Words, block: int, size_class: int) -> None:
    """A block is not needed any more."""
    m[block] = m[FREE + size_class]
    m[FREE + size_class] = block


@kernel
def take_cleared(m: Words, size_class: int) -> int:
    """A block of zeros."""
    block = take(m, size_class)
    for i in range(1 << size_class):
        m[block + i] = 0
    return block


@kernel
def class_for(n: int) -> int:
    """The smallest class whose blocks have n words."""
    size_class = 0
    while (1 << size_class) < n:
        size_class += 1
    return size_class


@kernel
def new_row(m: Words, table: int) -> int:
    """Where the next row of a table is to be written."""
    out = OUT + 4 * table
    width = m[out + OUT_WIDTH]
    if m[out + OUT_LAST] == 0 or m[out + OUT_USED] + width > (1 << CHUNK_CLASS):
        chunk = take(m, CHUNK_CLASS)
        m[chunk] = 0
        if m[out + OUT_LAST]:
            m[m[out + OUT_LAST]] = chunk
        else:
            m[out + OUT_FIRST] = chunk
        m[out + OUT_LAST] = chunk
        m[out + OUT_USED] = 1
    row = m[out + OUT_LAST] + m[out + OUT_USED]
    m[out + OUT_USED] += width
    return row
