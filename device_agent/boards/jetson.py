"""NVIDIA Jetson boards: power modes from nvpmodel's files, versions from the system's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from device_agent.telemetry.sensors import kernel_file

PREFERRED_PROVIDERS = (
    "TensorrtExecutionProvider",
    "CUDAExecutionProvider",
    "CPUExecutionProvider",
)
_MODE = re.compile(r"<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+)\s*>")
_RELEASE = re.compile(r"# R(\d+) \(release\), REVISION: ([\d.]+)")
_PACKAGES = {"jetpack": r"nvidia-jetpack", "tensorrt": r"libnvinfer\d+"}


def family(model: str, architecture: str) -> str | None:
    """Return "jetson" from the device tree's model; None for another board."""
    del architecture
    return "jetson" if "Jetson" in model or "NVIDIA Orin" in model else None


def power_mode(root: Path) -> str | None:
    """Return the name of the mode in force ("15W", "MAXN"), or its number where it has no name."""
    status = kernel_file.line(root / "var/lib/nvpmodel/status") or ""
    match = re.search(r"pmode:(\d+)", status)
    if match is None:
        return None
    number = int(match.group(1))
    return _modes(root).get(number, str(number))


def power_modes(root: Path) -> tuple[str, ...]:
    """Return the names of the modes that nvpmodel knows for this board."""
    return tuple(_modes(root).values())


def software(root: Path) -> dict[str, str]:
    """Return the versions of L4T, JetPack, CUDA and TensorRT, of those that are installed."""
    found = {}
    release = _RELEASE.search(kernel_file.line(root / "etc/nv_tegra_release") or "")
    if release:
        found["l4t"] = f"{release.group(1)}.{release.group(2)}"
    packages = kernel_file.line(root / "var/lib/dpkg/status") or ""
    for name, pattern in _PACKAGES.items():
        match = re.search(
            rf"^Package: {pattern}\n(?:\S.*\n|[ \t].*\n)*?Version: (\S+)", packages, re.MULTILINE
        )
        if match:
            found[name] = match.group(1)
    try:
        cuda = json.loads(kernel_file.line(root / "usr/local/cuda/version.json") or "null")
        found["cuda"] = str(cuda["cuda"]["version"])
    except (ValueError, KeyError, TypeError):
        pass
    return found


def _modes(root: Path) -> dict[int, str]:
    # The file is a link to the board's own table.
    text = kernel_file.line(root / "etc/nvpmodel.conf") or ""
    return {int(number): name for number, name in _MODE.findall(text)}
