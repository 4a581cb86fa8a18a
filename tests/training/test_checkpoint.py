"""A checkpoint folder appears whole or not at all."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModel

from tests.training.conftest import Bench
from training import checkpoint
from training.errors import TrainingError
from training.lineage import Training


def _save(bench: Bench, folder: Path) -> None:
    model = AutoModel.from_pretrained(bench.base, add_pooling_layer=False)
    checkpoint.save(model, bench.base, folder, Training(base_model="b"), half=False)


def test_a_full_disk_is_said_and_leaves_what_was_there(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old folder stays, no part of the new one does."""
    folder = tmp_path / "model"
    _save(bench, folder)
    (folder / "mark").touch()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(TrainingError, match="No space left on device"):
        _save(bench, folder)
    assert (folder / "mark").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_second_save_replaces_the_first(bench: Bench, tmp_path: Path) -> None:
    """Nothing of the old folder is left."""
    folder = tmp_path / "model"
    _save(bench, folder)
    (folder / "mark").touch()
    _save(bench, folder)
    assert not (folder / "mark").exists()
    assert (folder / "model.safetensors").exists()
