"""The machine code of the loop: kept in a file, and called without Numba.

To read what it has compiled before, Numba imports all that it could compile with (0.7 s of a start). The
loop needs none of it: it is one function of three integers that touches nothing of Python. So its object
code stands in a file of our own, under the digest of its content, and LLVM links it (0.05 s).

Not here: how it is compiled, and when anew (compiling).
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

Loop = Callable[[int, int, int], int]

_NUMBAS = {"numba_frexp": "frexp"}
"""Numba's own functions that the C library has too: alike but for infinities and NaN, which are no draws."""


@dataclass(frozen=True, slots=True)
class MachineCode:
    """An object file: the name of its function, and the names of the C library that it refers to."""

    function: str
    needs: tuple[str, ...]
    content: bytes


# --- the file


def file_name(fingerprint: int) -> str:
    """Of the code of this fingerprint, compiled by these versions for this processor."""
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    told = (
        fingerprint,
        platform.python_version(),
        version("numba"),
        version("llvmlite"),
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    )
    return f"loop-{sha256(repr(told).encode()).hexdigest()[:24]}.code"


def folders() -> Iterator[Path]:
    """Where the file may stand, the best place first: as Numba is told, beside this module, or at home."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    if told:
        yield Path(told)
        return
    yield Path(__file__).parent / "__pycache__"
    with suppress(RuntimeError):  # nobody's home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sim"


def read_code(name: str) -> MachineCode | None:
    """The code of that name; None where there is none, or only a damaged one."""
    for folder in folders():
        with suppress(OSError, ValueError, KeyError):
            digest, head, content = (folder / name).read_bytes().split(b"\n", 2)
            if sha256(head + b"\n" + content).hexdigest().encode() == digest:
                told = json.loads(head)
                return MachineCode(told["function"], tuple(told["needs"]), content)
    return None


def write_code(name: str, code: MachineCode) -> Path | None:
    """Keep it, whole or not at all, in the first folder that can be written; None where there is none.

    Of several processes that compile at once the last one wins: all write the same.
    """
    head = json.dumps({"function": code.function, "needs": code.needs}).encode()
    rest = head + b"\n" + code.content
    for folder in folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{name}.", delete=False) as file:
                file.write(sha256(rest).hexdigest().encode() + b"\n" + rest)
            try:
                Path(file.name).replace(folder / name)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
            return folder / name
    return None


# --- from Numba, and to the processor


def taken_out(dispatcher: Any) -> MachineCode:
    """The object code of a function that Numba has compiled without wrappers for Python."""
    (result,) = dispatcher.overloads.values()
    module = result.library._final_module
    for function in module.functions:
        function.name = _NUMBAS.get(function.name, function.name)
    names = [each.name for each in module.functions if each.is_declaration]
    # LLVM's own functions become those of the C library of the same name, or instructions
    own = {name.split(".")[1] for name in names if name.startswith("llvm.")}
    needs = {name for name in names if not name.startswith("llvm.")} | {
        name for name in own if _address(name)
    }
    return MachineCode(
        result.fndesc.llvm_func_name, tuple(sorted(needs)), result.library.codegen._tm.emit_object(module)
    )


def can_be_linked(code: MachineCode) -> bool:
    """Whether this process has all that the code refers to: LLVM would end the process otherwise."""
    return all(_address(name) for name in code.needs)


def _address(name: str) -> int | None:
    try:
        found = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
    return ctypes.cast(found, ctypes.c_void_p).value


def linked(code: MachineCode) -> Loop:
    """The code as a function; other threads go on while it runs."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    for name in code.needs:
        llvm.add_symbol(name, _address(name))
    machine = llvm.Target.from_default_triple().create_target_machine(
        opt=3, jit=True, reloc="static" if platform.machine() in ("x86_64", "AMD64") else "default"
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.content))
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int32,
        ctypes.POINTER(ctypes.c_int64),
        ctypes.c_void_p,  # where Numba's code would put what it raises
        *[ctypes.c_int64] * 3,
    )
    call = kind(engine.get_function_address(code.function))

    def loop(memory: int, task: int, n: int, engine: Any = engine) -> int:  # which keeps the code in memory
        found, raised = ctypes.c_int64(), ctypes.c_void_p()
        call(ctypes.byref(found), ctypes.byref(raised), memory, task, n)  # no kernel raises
        return found.value

    return loop
