"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with real benchmark samples; tests that need it are skipped elsewhere."""
    folder = Path(os.environ.get("XTREME_EDGE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "xtreme_r_sample").is_dir():
        pytest.skip("real benchmark data is not here: set XTREME_EDGE_DATA to its folder")
    return folder
