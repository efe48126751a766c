"""Make docs/pictures/tuning-page.png: the tuning page of the shipped scenarios, as a browser shows it.

    python docs/pictures/make_tuning_page.py

Needs Chromium and the extras `web` and `dev`.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from sim.experiment.what_if import WhatIf
from sim.web.page import app
from sim.web.server import listen, serve

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("tuning-page.png")
SETTING = "?s=compliance.size:4;on:Policy%2520as%2520code"


def main() -> None:
    """Open the page at a setting, wait until it is sure, and keep what is seen."""
    patches = sorted((ROOT / "scenarios" / "patches").glob("*.yaml"))
    what_if = WhatIf(ROOT / "scenarios" / "current_state.yaml", patches)
    place = listen(port=0)
    server = serve(app(what_if), place, closing=what_if.close)
    thread = threading.Thread(target=server.listen_until_ended)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1440, "height": 940})
            page.goto(f"{place.address}{SETTING}")
            page.wait_for_selector("#status:has-text('done')", timeout=600_000)
            page.screenshot(path=PICTURE)
            browser.close()
    finally:
        server.end()
        thread.join()


if __name__ == "__main__":
    main()
