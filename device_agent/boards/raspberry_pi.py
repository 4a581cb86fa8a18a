"""Raspberry Pi boards."""

from __future__ import annotations

import re
from pathlib import Path

PREFERRED_PROVIDERS = ("CPUExecutionProvider",)
"""Their GPU has no execution provider."""


def family(model: str, architecture: str) -> str | None:
    """Return "rpi4", "rpi5", … from the device tree's model; None for another board."""
    del architecture
    match = re.match(r"Raspberry Pi (?:Compute Module )?(\d)", model)
    return f"rpi{match.group(1)}" if match else None


def power_mode(root: Path) -> str | None:
    """Return None: a Pi has a governor alone."""
    del root
    return None


def power_modes(root: Path) -> tuple[str, ...]:
    """Return none, as `power_mode`."""
    del root
    return ()


def software(root: Path) -> dict[str, str]:
    """Return nothing: a Pi's system tells its versions as any Linux does."""
    del root
    return {}
