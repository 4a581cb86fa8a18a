"""NVIDIA Jetson boards."""

from __future__ import annotations


def family(model: str, architecture: str) -> str | None:
    """Return "jetson" from the device tree's model; None for another board."""
    del architecture
    return "jetson" if "Jetson" in model or "NVIDIA Orin" in model else None
