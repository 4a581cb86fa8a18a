"""Names of the conditions that may differ on request; imports nothing, for help texts' sake."""

from __future__ import annotations

ACCEPTABLE = (
    "study",
    "variants",
    "artifacts",
    "data",
    "margins",
    "plan",
    "runtime",
    "versions",
    "board",
    "power",
    "system",
    "incomplete",
)
"""What `--accept` takes: each condition that can refuse a comparison."""
