"""The host's cache of what deploys are made of; safe to delete at any time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs


def cache_folder(kind: str) -> Path:
    """Return (and make) the folder for one kind of thing in the user's cache."""
    folder = platformdirs.user_cache_path("xtreme-edge", appauthor=False) / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(path: Path, data: bytes) -> Path:
    """Write a file in one step; what lies there already is replaced."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return path
