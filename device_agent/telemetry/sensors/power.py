"""Electrical power from INA3221 monitors (hwmon: label, mV, mA): volts times amperes per rail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError

# The rail that feeds the whole module, where a board has one.
_TOTAL = "VDD_IN"
_NOT_CONNECTED = "NC"
_PI_5 = ("Raspberry Pi 5", "Raspberry Pi Compute Module 5", "Raspberry Pi 500")


@dataclass(frozen=True)
class Rail:
    """One monitored supply line; its files are in mV and mA."""

    label: str
    millivolts: Path
    milliamperes: Path

    def watts(self) -> float | None:
        """Return the power at this moment; None where the monitor does not answer."""
        millivolts = kernel_file.number(self.millivolts)
        milliamperes = kernel_file.number(self.milliamperes)
        if millivolts is None or milliamperes is None:
            return None
        return millivolts * milliamperes / 1e6


def rails(root: Path) -> tuple[Rail, ...]:
    """Return the rails whose sum is the board's power: its input alone where that is monitored.

    Raises:
        UnsupportedError: No rail answers.
    """
    found = []
    for monitor in kernel_file.monitors(root, "ina3221"):
        for label_file in sorted(monitor.glob("in*_label")):
            number = label_file.name[2:].partition("_")[0]
            label = kernel_file.line(label_file)
            if label is None or label == _NOT_CONNECTED:
                continue
            rail = Rail(label, monitor / f"in{number}_input", monitor / f"curr{number}_input")
            if rail.watts() is not None:
                found.append(rail)
    total = [rail for rail in found if rail.label == _TOTAL]
    if not found:
        raise UnsupportedError(_why_none(root))
    return tuple(total or found)


def watts(root: Path) -> float:
    """Return the board's power at this moment."""
    found = total_watts(rails(root))
    if found is None:
        raise UnsupportedError("a rail of the INA3221 monitor has stopped answering")
    return found


def total_watts(of: Sequence[Rail]) -> float | None:
    """Return the sum over rails; None where one does not answer, because a part is no sum."""
    read = [rail.watts() for rail in of]
    known = [one for one in read if one is not None]
    return sum(known) if known and len(known) == len(read) else None


def _why_none(root: Path) -> str:
    model = kernel_file.line(root / "proc/device-tree/model") or ""
    if model.startswith(_PI_5):
        return (
            "no INA3221 monitor; the PMIC's rails are told by the program vcgencmd alone, which "
            "would be a process beside what is measured"
        )
    return "no INA3221 monitor with a rail that answers"
