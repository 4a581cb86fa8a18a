"""What a form makes of a prediction file and its label file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.samples import Gold, Prediction


@dataclass(frozen=True)
class Compared:
    """Gold and predictions of one language by sample id, ready for the task's score.

    Attributes:
        notes: What was accepted although it is not as it should be, and how it counts.
    """

    gold: Mapping[str, Gold]
    predictions: Mapping[str, Prediction]
    notes: tuple[str, ...] = ()


Compare = Callable[[Path, Path, Sequence[str]], Compared]
"""Takes a prediction file, its label file and the task's class names.

It raises DataError for a file that is missing, unreadable or not of the form, and where the two
do not go together.
"""


@dataclass(frozen=True)
class Form:
    """How one language's predictions, and its labels, stand in a file.

    Attributes:
        extension: Of both files.
        by_id: Whether predictions have ids, so that some may be missing; those count 0.
    """

    extension: str
    compare: Compare
    by_id: bool = False
