"""Where the official download keeps a task's splits and their gold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.errors import DataError


def check_split(task: str, split: str, known: Sequence[str]) -> None:
    """Refuse a split that the task does not have.

    Raises:
        DataError: The task has no such split.
    """
    if split not in known:
        raise DataError(
            f"Task {task} has no split {split!r}.", remedy=f"Use one of: {', '.join(known)}."
        )


def table_file(root: Path, task: str, language: str, split: str) -> Path:
    """Return `<task>/<split>-<language>.tsv`.

    Raises:
        DataError: The split is none of train, dev and test.
    """
    check_split(task, split, ("train", "dev", "test"))
    return root / task / f"{split}-{language}.tsv"


def labels_file(
    root: Path, task: str, language: str, split: str, extension: str = "tsv"
) -> Path | None:
    """Return where a test split's gold would lie; None for a split that holds its own."""
    if split != "test":
        return None
    return root / "labels" / task / f"test-{language}.{extension}"
