"""Reads the benchmark's folder one task and language at a time, and tells absent from broken."""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample
from device_agent.tasks.protocol import Task

HOW_TO_GET = "Download the data with scripts/download_data.sh of google-research/xtreme"


def languages_of(task: Task) -> tuple[str, ...]:
    """Return the task's languages in XTREME and XTREME-R together, sorted."""
    return tuple(sorted({*task.languages_xtreme, *task.languages_xtreme_r}))


def read_language(task: Task, root: Path, language: str, split: str) -> list[Sample] | None:
    """Return the samples of one task in one language; None where the folder has no file of them.

    Raises:
        DataError: A file is there and is malformed or empty, or the task has no such split.
    """
    try:
        samples = task.read(root, language, split)
    except DataError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
    if not samples:
        raise DataError(
            f"{root}: {task.name} has a {split} file in {language} without a sample in it.",
            remedy=f"{HOW_TO_GET} again, or leave {language} out.",
        )
    return samples
