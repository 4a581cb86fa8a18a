"""The command line as users call it, over a virtual device."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device
from host.inventory import Inventory


@dataclass(frozen=True)
class Result:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """Calls `host` in a process of its own, with an inventory of its own."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "XTREME_EDGE_HOME": str(self.home)}

    @property
    def inventory(self) -> Inventory:
        return Inventory(self.home / "devices.yaml")

    def argv(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "host.cli", *map(str, arguments)]

    def __call__(self, *arguments: str | Path, timeout: float = 120) -> Result:
        done = subprocess.run(
            self.argv(*arguments),
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            check=False,
            timeout=timeout,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def virtual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDevice]:
    """A virtual device without an agent."""
    with start_virtual_device(tmp_path_factory.mktemp("virtual")) as device:
        yield device


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory, virtual: VirtualDevice) -> Cli:
    """The command line, whose inventory has the virtual device."""
    made = Cli(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cwd"))
    made.inventory.add(virtual.device)
    return made


@pytest.fixture(scope="module")
def study(tiny_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny study, exported, that targets the virtual device."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(tiny_study.parent, folder, dirs_exist_ok=True)
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("target: local", "target: virtual"))
    return path
