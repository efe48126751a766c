"""`sim serve`: the tuning page in a browser.

Not here: the page and the server (web).
"""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click

from sim.cli import arguments
from sim.errors import RunError

_NEEDED = ("shiny", "uvicorn")


@click.command()
@click.argument("files", type=arguments.FILE, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="Where it listens; 0 = any free port.  [default: 8765, or any free one]",
)
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Let others in: an address of this machine, or 0.0.0.0 for all it has; then a token is needed.",
)
@arguments.seed
@arguments.jobs
def serve(
    files: tuple[Path, ...], port: int | None, no_browser: bool, host: str | None, seed: int, jobs: int
) -> None:
    """Open the tuning page for the scenario in the first FILE; patches and other scenarios are switches."""
    _check_installed()
    from sim.experiment.what_if import WhatIf
    from sim.web.page import app
    from sim.web.server import listen
    from sim.web.server import serve as serve_app

    place = listen(host, port)
    with closing(place.socket):
        what_if = WhatIf(files[0], files[1:], seed=seed, jobs=jobs)

        def opened() -> None:
            click.echo(f"{what_if.name}: {place.address}")
            click.echo(_words(place.door.token), err=True)
            if not no_browser:
                _open(place.address)
            threading.Thread(target=what_if.warm_up, daemon=True).start()

        server = serve_app(app(what_if), place, opened=opened, closing=what_if.close)
        server.listen_until_ended()
    click.echo("ended", err=True)
    _leave()


def _check_installed() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise RunError(
            f"the page is made with {' and '.join(missing)}, not installed here: pip install 'sim[web]'"
        )


def _words(token: str | None) -> str:
    if token is None:
        return "only this machine can open it; Ctrl-C ends it"
    return (
        "whoever has this address can open it as long as it runs: the token in it is the key. "
        "The connection is not encrypted: for networks you trust. Ctrl-C ends it"
    )


def _open(address: str) -> None:
    """In the browser, where there is a screen to show one; a browser in the terminal would take it over."""
    has_screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if has_screen:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _leave() -> None:
    """End the process where a thread is still busy with what nobody wants, such as half a picture."""
    busy = [each for each in threading.enumerate() if each is not threading.main_thread() and not each.daemon]
    if busy:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
