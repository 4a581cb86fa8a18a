"""Which device nodes a GPU board's agent gets: the script runs over a tree of made-up nodes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from host.deploy.graphics import SCRIPT

# What an Orin with JetPack 6 has of the families in question.
ORIN = (
    "nvmap",
    "nvsciipc",
    "host1x-fence",
    "nvhost-ctrl-gpu",
    "nvhost-nvdla0",
    "nvhost-vic",
    "nvhost-power-gpu",
    "nvgpu/igpu0/as",
    "nvgpu/igpu0/channel",
    "nvgpu/igpu0/ctrl",
    "nvgpu/igpu0/ctxsw",
    "nvgpu/igpu0/dbg",
    "nvgpu/igpu0/power",
    "nvgpu/igpu0/prof",
    "nvgpu/igpu0/prof-dev",
    "nvgpu/igpu0/sched",
    "nvgpu/igpu0/tsg",
    "video0",
    "dri/card0",
)


def found(root: Path) -> set[str]:
    """Run the script with its nodes looked for below `root`, where any file passes for a node."""
    script = SCRIPT.replace("/dev/", f"{root}/").replace('[ ! -c "$node" ]', '[ ! -e "$node" ]')
    say = 'say() { printf \'%s %s\\n\' "$1" "$2"; }\n'
    done = subprocess.run(["sh", "-c", say + script], capture_output=True, text=True, check=True)
    rows = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return {value.removeprefix(f"{root}/") for key, value in rows if key == "graphics_node"}


def test_an_orin_gets_what_cuda_opens_and_no_more(tmp_path: Path) -> None:
    """No display, camera, codec or accelerator, and none of the GPU's power and tracing nodes."""
    for name in ORIN:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert found(tmp_path) == {
        "nvmap",
        "nvsciipc",
        "host1x-fence",
        "nvhost-ctrl-gpu",
        "nvgpu/igpu0/as",
        "nvgpu/igpu0/channel",
        "nvgpu/igpu0/ctrl",
        "nvgpu/igpu0/dbg",
        "nvgpu/igpu0/prof",
        "nvgpu/igpu0/tsg",
    }


def test_a_board_without_a_gpu_gets_none(tmp_path: Path) -> None:
    """A camera and a display are no reason."""
    for name in ("video0", "fb0"):
        (tmp_path / name).touch()
    assert found(tmp_path) == set()
