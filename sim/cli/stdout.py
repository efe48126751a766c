"""To stdout, which may be a pipe whose reader has heard enough."""

from __future__ import annotations

import os
import sys

import click


def say(text: str) -> None:
    """Print a result; a reader that has heard enough (`| head`) does not keep it from being kept."""
    try:
        click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered must not fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
