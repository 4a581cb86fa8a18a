"""A mirror of the hub, and real training data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.host.data.fetch.conftest import add_dataset, mirror

__all__ = ["add_dataset", "mirror", "train_sample"]


@pytest.fixture(scope="session")
def train_sample(data_dir: Path) -> Path:
    """The folder with real training samples; tests that need it are skipped elsewhere."""
    folder = data_dir / "train_sample"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    return folder
