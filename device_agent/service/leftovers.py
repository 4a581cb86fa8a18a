"""Removes what processes that are gone had begun to write and never put into its place."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from device_agent.alive import is_alive
from device_agent.layout import Layout

# Everything that is written beside its place is called `.NAME.PID`.
_BESIDE = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})")


def sweep(layout: Layout) -> None:
    """Remove the leftovers of dead processes: half-sealed bundles, half-evicted runs, and the like.

    What cannot be removed stays: it costs room, not results.
    """
    runs, artifacts = Path(layout.runs), Path(layout.artifacts)
    for path in [*runs.glob(".*"), *runs.glob("[!.]*/.*"), *artifacts.glob(".*")]:
        found = _BESIDE.fullmatch(path.name)
        if found is None or is_alive(int(found["pid"])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            _unlink(path)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
