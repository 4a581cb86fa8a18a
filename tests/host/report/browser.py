"""Opens a page in a headless Chromium, lets a script look at it, and returns what it found."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FOUND = re.compile(r'<pre id="found" hidden="">(.*?)</pre>', re.DOTALL)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_REPORT = """
<script>
Promise.resolve().then(async () => { %s }).catch(error => ({error: String(error)})).then(found => {
  parent.document.getElementById("found").textContent = JSON.stringify(found);
});
</script>
"""
_FRAME = """<!doctype html>
<body style="margin: 0">
<pre id="found" hidden></pre>
<iframe src="looked-at.html" style="border: 0" width="%d" height="900"></iframe>
"""
DESKTOP, PHONE = 1280, 390
"""Pixels; a phone's width is given by a frame, because a window has a least width."""


def browser() -> str:
    """Return Chromium's path; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser among {', '.join(_BROWSERS)}")
    return found


def axe() -> str:
    """Return axe-core's source; the test is skipped where it is not installed."""
    told = os.environ.get("AXE_CORE")
    path = Path(told) if told else ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip(f"no axe-core: `npm install axe-core`, or set AXE_CORE (looked at {path})")
    return path.read_text(encoding="utf-8")


def look(
    page: Path,
    script: str,
    folder: Path,
    *,
    width: int = DESKTOP,
    library: str = "",
    real_time: bool = False,
) -> Any:
    """Run the body of an async function in the page, and return what it returns.

    Without the page's own policy, which forbids every script.

    Args:
        page: The page.
        script: JavaScript.
        folder: For a changed copy of the page, and for the browser's profile.
        width: Of the view, in pixels.
        library: JavaScript that goes before.
        real_time: Leave the clock alone, for a script that does not wait for anything; otherwise
            time passes as fast as the work allows.
    """
    html = _POLICY.sub("", page.read_text(encoding="utf-8"))
    inline = library.replace("</script", "<\\/script")
    before = f"<script>{inline}</script>" if library else ""
    looked_at = html.replace("</body>", f"{before}{_REPORT % script}</body>")
    (folder / "looked-at.html").write_text(looked_at, encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(_FRAME % width, encoding="utf-8")
    done = subprocess.run(
        [
            browser(),
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder / 'profile'}", "--window-size=1300,900"),
            "--allow-file-access-from-files",
            *(() if real_time else ("--virtual-time-budget=60000",)),
            *("--dump-dom", frame.as_uri()),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    match = _FOUND.search(done.stdout)
    assert match is not None, done.stderr[-2000:]
    assert match[1], f"the script did not end: {done.stderr[-2000:]}"
    return json.loads(unescape(match[1]))
