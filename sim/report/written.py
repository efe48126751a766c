"""Files that are there whole or not at all, and take the place of what was called so before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write files under other names, and rename them when all of them are whole.

    Raises
    ------
    OSError
        One of them cannot be written; those that were there before are as they were.
    """
    waiting = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, content in files.items():
            waiting[path].write_bytes(content)
        for path, ready in waiting.items():
            ready.replace(path)
    finally:
        for ready in waiting.values():
            with suppress(OSError):
                ready.unlink(missing_ok=True)
