"""The agent's wheel: the device's code alone, the same bytes each time, installable."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from device_agent.digest import digest_file
from host.deploy.wheel import build_wheel, pack


def test_wheel_holds_the_agent_alone() -> None:
    """Nothing of export, training or host goes to the device, and no byte code."""
    with zipfile.ZipFile(build_wheel().blob.path) as wheel:
        names = wheel.namelist()
    assert "device_agent/cli.py" in names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"device_agent"}
    assert not [name for name in names if name.endswith(".pyc")]


def test_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    """Equal files make equal bytes, whenever and wherever they were written."""
    packed = []
    for place in ("one", "two"):
        package = tmp_path / place / "device_agent"
        (package / "__pycache__").mkdir(parents=True)
        (package / "__pycache__" / "x.pyc").write_text(place)
        (package / "x.py").write_text("x = 1\n")
        packed.append(pack(package, "1.0", ("numpy>=1",), ">=3.10"))
    assert packed[0] == packed[1]
    blob = build_wheel().blob
    assert blob.digest == digest_file(blob.path)


def test_dependencies_are_the_devices() -> None:
    """The base dependencies are named; those of the host's extras are not."""
    wheel = build_wheel()
    assert set(wheel.package_names) == {
        *("cffi", "click", "cryptography", "msgspec", "numpy", "onnxruntime", "tokenizers")
    }


def test_pip_accepts_the_wheel(tmp_path: Path) -> None:
    """A packaging tool installs it, so its metadata and RECORD are right."""
    wheel = build_wheel().blob
    named = tmp_path / wheel.name
    named.write_bytes(wheel.path.read_bytes())
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(tmp_path / "site"), str(named)], check=True)
    shown = subprocess.run(
        [sys.executable, "-I", "-c", RUN, str(tmp_path / "site")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout.split() == ["xtreme-edge", build_wheel().version]


RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import importlib.metadata as metadata, device_agent.cli
found = metadata.distribution("xtreme-edge")
assert all(file.locate().exists() for file in found.files)
print(found.metadata["Name"], found.version)
"""
