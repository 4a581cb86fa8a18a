"""Any other Linux machine."""

from __future__ import annotations


def family(model: str, architecture: str) -> str | None:
    """Return the family's name; this one takes every machine, so it is asked last."""
    del model
    return "generic-arm64" if architecture == "aarch64" else f"generic-{architecture}"
