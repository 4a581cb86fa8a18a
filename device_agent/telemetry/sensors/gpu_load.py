"""Load of a Jetson's GPU (`load` of its devfreq device, per mille)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError

# gpu: JetPack 6. The others: Orin, Xavier, TX2 and Nano by their chip.
_GPUS = ("gpu", "ga10b", "gv11b", "gp10b", "gm20b")


def share(root: Path) -> float:
    """Return how busy the GPU is, 0 to 1."""
    for device in sorted((root / "sys/class/devfreq").glob("*")):
        if any(device.name.endswith(name) for name in _GPUS):
            load = kernel_file.number(device / "device/load")
            if load is not None:
                return min(load / 1000, 1.0)
    raise UnsupportedError("no GPU that tells its load under /sys/class/devfreq")
