"""Files that are there whole or not at all, and take the place of what was called so before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Hidden files to write to instead, which take the names of `paths` when all of them are whole.

    Raises
    ------
    OSError
        One of them cannot be written; those that were there before are as they were.
    """
    hidden = [path.with_name(f".{path.name}.{os.getpid()}") for path in paths]
    try:
        yield hidden
        for path, ready in zip(paths, hidden, strict=True):
            ready.replace(path)
    finally:
        for ready in hidden:
            with suppress(OSError):
                ready.unlink(missing_ok=True)


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write files under other names, and rename them when all of them are whole.

    Raises
    ------
    OSError
        One of them cannot be written; those that were there before are as they were.
    """
    with replacing(list(files)) as hidden:
        for path, content in zip(hidden, files.values(), strict=True):
            path.write_bytes(content)
