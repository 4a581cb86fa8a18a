"""Which board this is, from `/proc/device-tree/model`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from device_agent.boards import generic_linux, jetson, raspberry_pi
from device_agent.telemetry.sensors import kernel_file

# The last one takes every machine.
_FAMILIES = (raspberry_pi, jetson, generic_linux)


def model(root: Path) -> str | None:
    """Return the device tree's model name (it ends in NUL), or None on machines without one."""
    return kernel_file.line(root / "proc/device-tree/model")


def chip(root: Path) -> str | None:
    """Return the system on chip as the device tree names it ("bcm2712"), or None."""
    compatible = kernel_file.line(root / "proc/device-tree/compatible")
    # Most special first, each ends in NUL: the board, then what it is made of.
    return compatible.split("\x00")[-1].partition(",")[2] or None if compatible else None


def family(root: Path, architecture: str) -> str:
    """Return the board family's name, as `--target` takes it."""
    name = model(root) or ""
    found: str | None = _module(root).family(name, architecture)
    return found or "generic"


def preferred_providers(root: Path) -> tuple[str, ...]:
    """Return ONNX Runtime's execution providers that suit the board, best first."""
    found: tuple[str, ...] = _module(root).PREFERRED_PROVIDERS
    return found


def power_mode(root: Path) -> str | None:
    """Return the name of the power mode that the board is in; None where it has none."""
    found: str | None = _module(root).power_mode(root)
    return found


def power_modes(root: Path) -> tuple[str, ...]:
    """Return the power modes that the board can be put into."""
    found: tuple[str, ...] = _module(root).power_modes(root)
    return found


def software(root: Path) -> dict[str, str]:
    """Return versions of what the board's maker ships: L4T, JetPack, CUDA, TensorRT."""
    found: dict[str, str] = _module(root).software(root)
    return found


def _module(root: Path) -> ModuleType:
    name = model(root) or ""
    return next(board for board in _FAMILIES if board.family(name, "") is not None)
