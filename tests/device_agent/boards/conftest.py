"""Trees of boards; a copy where a test changes one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TREES = Path(__file__).parent / "trees"


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Path]:
    """Copies a tree, so that a test may let something happen to the board."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(TREES / name, tmp_path / name))

    return copy
