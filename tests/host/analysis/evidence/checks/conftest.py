"""A good bundle to forge."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.host.bundles import make_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")
