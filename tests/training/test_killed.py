"""A training that is killed goes on to the weights that it would have ended with."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import ROOT
from tests.training.conftest import Bench
from training import learning, target
from training.fit import Execution
from training.recipe import Hyperparameters
from training.saves import PART, Saves
from training.tune import tune

_EVERY = 2
_PROGRAM = """\
import sys, torch
from pathlib import Path
from tests.training.test_killed import train
torch.set_num_threads(1)
train(*map(Path, sys.argv[1:]))
"""


def train(base: Path, data: Path, output: Path, saves: Path) -> None:
    """Fine-tune for twelve updates, saved every other."""
    task = learning.get(target, "xnli")
    tune(
        base,
        output,
        phase="target",
        learning=task,
        examples=task.read(data, "en"),
        languages=["en"],
        seed=1,
        hyperparameters=Hyperparameters(epochs=2, learning_rate=1e-3, batch_size=4),
        execution=Execution(saves=Saves(saves, _EVERY)),
    )


@pytest.fixture(scope="module")
def unbroken(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The weights of a run that nothing interrupts."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("unbroken")
    train(bench.base, bench.data, root / "out", root / "saves")
    return load_file(root / "out/model.safetensors")


@pytest.mark.parametrize("moment", ["while it trains", "while it saves"])
@pytest.mark.slow
def test_a_killed_training_ends_in_equal_bits(
    bench: Bench, unbroken: dict[str, torch.Tensor], tmp_path: Path, moment: str
) -> None:
    """SIGKILL after a random save, or in the middle of the next one."""
    saves, chooser = tmp_path / "saves", random.Random()
    after = saves / f"update-{_EVERY * chooser.randint(1, 3)}"
    arguments = [bench.base, bench.data, tmp_path / "out", saves]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(process, after)
        if moment == "while it saves":
            _wait_for(process, saves / PART)
        else:
            time.sleep(chooser.uniform(0, 0.05))
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    torch.set_num_threads(1)
    train(*arguments)
    resumed = load_file(tmp_path / "out/model.safetensors")
    assert resumed.keys() == unbroken.keys()
    assert all(torch.equal(resumed[name], unbroken[name]) for name in unbroken), after.name
    assert [path.name for path in saves.iterdir() if path.is_dir()] == []


def _wait_for(process: subprocess.Popen[bytes], path: Path) -> None:
    """Look without a pause: a save takes milliseconds."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, path
