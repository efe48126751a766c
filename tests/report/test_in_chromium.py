"""The page in a real browser: it asks nobody for anything, shows its charts, and prints."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sim.errors import RunError
from sim.report import printed as printing
from sim.report.document import document
from sim.report.html import render
from sim.report.printed import printed
from sim.report.stored import read_run

from .conftest import Kept
from .office_programs import CHROMIUM, needs_chromium


@pytest.fixture(scope="module")
def page(compared: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(document(read_run(compared.folder))), encoding="utf-8")
    return path


def asked_for(page: Path, profile: Path) -> list[str]:
    """The addresses that the browser began to ask for while it showed a page, from its own net log."""
    log = profile / "net.json"
    subprocess.run(
        [
            str(CHROMIUM), "--headless", "--disable-gpu", "--no-sandbox", f"--user-data-dir={profile / 'p'}",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}",
            f"--screenshot={profile / 'page.png'}", "--window-size=1000,3000", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert (profile / "page.png").stat().st_size > 5_000
    events = json.loads(log.read_text())["events"]
    urls = [str(each["params"]["url"]) for each in events if "url" in each.get("params", {})]
    hosts = [(url, urlsplit(url).hostname or "") for url in urls if url.startswith(("http", "ws"))]
    # what the browser asks its maker for, whatever it shows; the page names no such address (test_html)
    return [url for url, host in hosts if not host.endswith((".google.com", ".googleapis.com", ".gvt1.com"))]


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_the_browser_asks_nobody_for_anything(page: Path, tmp_path: Path) -> None:
    assert asked_for(page, tmp_path) == []


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_the_policy_of_the_page_forbids_what_is_put_into_it(page: Path, tmp_path: Path) -> None:
    picture = '<img src="http://example.org/x.png">'
    text = page.read_text(encoding="utf-8").replace("<main>", f"<main>{picture}")
    seen = []
    for name, content in (("held", text), ("loose", text.replace("default-src 'none'", "default-src *"))):
        loose = content if name == "held" else content.replace("img-src data:", "img-src *")
        path = tmp_path / f"{name}.html"
        path.write_text(loose, encoding="utf-8")
        (tmp_path / name).mkdir()
        seen.append([url for url in asked_for(path, tmp_path / name) if "example.org" in url])
    # without the policy the log shows the request, so an empty one means something
    assert seen[0] == [] and seen[1]


@needs_chromium
@pytest.mark.slow  # Chromium takes seconds to start
def test_the_page_prints(page: Path) -> None:
    pdf = printed(page.read_bytes())
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 50_000


def test_without_a_browser_printing_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    with pytest.raises(RunError, match=r"no Chromium is on the PATH.*print it from there"):
        printed(b"<p>")
