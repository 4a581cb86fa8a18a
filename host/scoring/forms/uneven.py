"""The error for predictions that do not go line by line with their labels."""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import unequal


def uneven(predictions: Path, found: int, labels: Path, expected: int, unit: str) -> DataError:
    """Return the error, with what to do where a run was limited and where a file was cut."""
    error = unequal(predictions, found, labels, expected, unit)
    return DataError(
        error.message,
        remedy="Predict every row of the labels, in their order. For a run of a part of them, take "
        "its own labels: `host report BUNDLE --submission DIR` writes them to DIR/labels.",
    )
