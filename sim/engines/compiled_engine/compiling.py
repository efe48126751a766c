"""How the loop is compiled: once for every version of its code, and kept as machine code.

Numba optimises every function with all that it calls and makes machine code of it, though nothing but the
entry is ever called from outside: of 61 s CPU, 40 went into that. `only_for_linking` leaves it out for the
kernels; the entry is then optimised as a whole, once (`as_one_program`). Both change how Numba works for
that moment only, and where a version of Numba has not the methods they replace, it works as it always does.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sim.engines.compiled_engine.machine_code import (
    Loop,
    MachineCode,
    can_be_linked,
    file_name,
    linked,
    read_code,
    taken_out,
    write_code,
)
from sim.plan.arrays import Plan
from sim.randomness import Distribution

logger = logging.getLogger(__name__)


_one_at_a_time = Lock()


def compiled_loop() -> Loop:
    """The compiled loop: as it was kept, or compiled, which takes a while and is said in the log."""
    with _one_at_a_time:  # several threads may want it first
        return _loop()


@lru_cache(maxsize=1)
def _loop() -> Loop:
    name = file_name(fingerprint())
    code = read_code(name)
    if code is not None and can_be_linked(code):
        return linked(code)
    began = time.perf_counter()
    code = compiled_code()
    is_kept = write_code(name, code) is not None
    logger.info(
        "the compiled engine was compiled in %.0f s; %s",
        time.perf_counter() - began,
        "the next start reads it from a file"
        if is_kept
        else "no folder for it can be written (see NUMBA_CACHE_DIR), so every start will compile it",
    )
    return linked(code)


def compiled_code() -> MachineCode:
    """The machine code of the loop, compiled now."""
    from sim.engines.compiled_engine import loop

    compile_kernels()
    entry: Any = loop.run_task
    with as_one_program():
        entry.compile(())
    return taken_out(entry)


def compile_kernels() -> None:
    """Compile what the entry calls, for linking only."""
    from sim.engines.compiled_engine import loop

    kernels: tuple[Any, ...] = (loop.begin_run, loop.run_items, loop.close_run)
    logger.info("compiling the engine, which is done once")
    with only_for_linking():
        for kernel in kernels:
            kernel.compile(())


@contextmanager
def only_for_linking() -> Iterator[None]:
    """Meanwhile no machine code is made, and nothing optimised."""
    from numba.core.codegen import JITCodeLibrary, JITCPUCodegen

    def finish(library: Any) -> None:
        library._finalize_dynamic_globals()
        library._finalized = True

    with replaced(
        (JITCodeLibrary, "_optimize_final_module", lambda library: None),
        (JITCodeLibrary, "_finalize_final_module", finish),
        (JITCodeLibrary, "get_pointer_to_function", lambda library, name: library._ensure_finalized() or 0),
        (JITCPUCodegen, "set_env", lambda codegen, name, env: None),
    ):
        yield


@contextmanager
def as_one_program() -> Iterator[None]:
    """Meanwhile it is optimised in the knowledge that nobody else calls the kernels that are linked.

    LLVM then moves what is called in one place to there, and leaves out arguments and checks that are of no
    use: the loop takes a sixth less time.
    """
    from numba.core.codegen import JITCodeLibrary

    optimize: Callable[..., Any] = JITCodeLibrary._optimize_final_module

    def optimize_as_one(library: Any) -> None:
        for function in library._final_module.functions:
            if not function.is_declaration and function.linkage.name == "linkonce_odr":
                # under a name of its own: others that link the kernel would be led to what cannot be linked
                function.name, function.linkage = f"own.{function.name}", "internal"
        optimize(library)

    with replaced((JITCodeLibrary, "_optimize_final_module", optimize_as_one)):
        yield


@contextmanager
def replaced(*methods: tuple[Any, str, Callable[..., Any]]) -> Iterator[None]:
    """Meanwhile these methods are other ones; if one of them is not there, none is replaced."""
    kept = [(place, name, place.__dict__.get(name)) for place, name, _ in methods]
    if not all(hasattr(place, name) for place, name, _ in methods):
        yield
        return
    for place, name, method in methods:
        setattr(place, name, method)
    try:
        yield
    finally:
        for place, name, own in kept:
            if own is None:  # it was inherited
                delattr(place, name)
            else:
                setattr(place, name, own)


def fingerprint() -> int:
    """A number that changes with the code that is compiled, wherever it stands."""
    here = Path(__file__).parent
    randomness, plan = Path(inspect.getfile(Distribution)).parent, Path(inspect.getfile(Plan))
    digest = hashlib.blake2s(digest_size=7)
    for path in [*sorted(here.glob("*.py")), *sorted(randomness.glob("*.py")), plan]:
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest(), "little") | 1
