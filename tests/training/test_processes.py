"""Several processes train one phase together, and one of them writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.training.conftest import Bench

_PROGRAM = """\
import sys, torch
from pathlib import Path
from tests.training.test_killed import train
torch.set_num_threads(1)
train(*map(Path, sys.argv[1:]))
"""


@pytest.mark.slow
def test_two_processes_share_a_phase(bench: Bench, tmp_path: Path) -> None:
    """As torchrun starts them: as many updates as one makes, each on half a batch, one result."""
    script = tmp_path / "script.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{_PROGRAM}")
    launcher = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    arguments = [script, bench.base, bench.data, tmp_path / "out", tmp_path / "saves"]
    done = subprocess.run(
        [sys.executable, *launcher, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (phase,) = json.loads((tmp_path / "out/training.json").read_bytes())["phases"][1:]
    assert phase["machine"]["processes"] == 2
    assert (phase["steps"], phase["batch_size"]) == (12, 4)
    assert [path.name for path in tmp_path.joinpath("saves").iterdir() if path.is_dir()] == []
