"""A page as PDF, printed by a Chromium that is installed on this machine, without a network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.errors import RunError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE_S = 120


def printed(page: bytes) -> bytes:
    """The PDF of an HTML page. Unlike the page it says when it was printed, so its bytes differ each time.

    Raises
    ------
    RunError
        There is no Chromium on the PATH, or it does not print.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise RunError(
            "--pdf: no Chromium is on the PATH. Install one (Debian: apt-get install chromium), or open the "
            "HTML page in any browser and print it from there."
        )
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "page.html").write_bytes(page)
        try:
            done = subprocess.run(_command(browser, home), capture_output=True, timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise RunError(f"--pdf: {browser} did not print within {_PATIENCE_S} s.") from None
        pdf = home / "page.pdf"
        if not pdf.is_file():
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
            raise RunError(
                f"--pdf: {browser} did not print ({last[0]}). The HTML page can be printed by hand."
            )
        return pdf.read_bytes()


def _command(browser: str, home: Path) -> list[str]:
    return [
        browser,
        "--headless",
        "--disable-gpu",
        "--no-sandbox",  # the page is ours and runs no script; in containers the sandbox does not start
        f"--user-data-dir={home / 'profile'}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--no-pdf-header-footer",
        f"--print-to-pdf={home / 'page.pdf'}",
        (home / "page.html").as_uri(),
    ]
