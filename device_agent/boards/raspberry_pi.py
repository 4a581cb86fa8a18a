"""Raspberry Pi boards."""

from __future__ import annotations

import re


def family(model: str, architecture: str) -> str | None:
    """Return "rpi4", "rpi5", … from the device tree's model; None for another board."""
    del architecture
    match = re.match(r"Raspberry Pi (?:Compute Module )?(\d+)", model)
    return f"rpi{match.group(1)}" if match else None
