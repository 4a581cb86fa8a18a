"""A small study, untrained and trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.host.cli.train.calls import train
from tests.training_study import write_training_study


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As the process that is killed has it."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that nobody has trained; read only."""
    return write_training_study(tmp_path_factory.mktemp("untrained"))


@pytest.fixture
def study(untrained: Path, tmp_path: Path) -> Path:
    """A study of one's own."""
    shutil.copytree(untrained.parent, tmp_path / "study")
    return tmp_path / "study/study.yaml"


@pytest.fixture(scope="module")
def trained(untrained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A study that was trained without interruption, and what the command printed."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("trained") / "study"
    shutil.copytree(untrained.parent, root)
    done = train(root / "study.yaml", "--json")
    assert done.exit_code == 0, done.stderr
    return root / "study.yaml", json.loads(done.stdout)
