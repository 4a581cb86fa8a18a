"""Says what a benchmark folder holds, task by task and language by language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.tasks.protocol import Task
from host.data.source import HOW_TO_GET, languages_of, read_language


@dataclass(frozen=True)
class Finding:
    """One task in one language.

    Attributes:
        samples: Number of samples; None where there are none to be had.
        with_gold: How many of them have gold; None likewise.
        problem: Why there are none; None where there are some.
        remedy: What to do about it; None likewise.
    """

    task: str
    language: str
    samples: int | None
    with_gold: int | None
    problem: str | None
    remedy: str | None


def check_data(root: Path, split: str = "test") -> list[Finding]:
    """Read everything below the folder, and return one finding per task and language.

    Raises:
        DataError: There is no such folder.
    """
    if not root.is_dir():
        raise DataError(
            f"{root}: there is no such folder.",
            remedy=f"{HOW_TO_GET} and name the folder that holds xnli/, udpos/ and so on.",
        )
    return [
        _check(task, root, language, split)
        for task in map(tasks.get, tasks.names())
        for language in languages_of(task)
    ]


def _check(task: Task, root: Path, language: str, split: str) -> Finding:
    try:
        samples = read_language(task, root, language, split)
    except DataError as error:
        return Finding(task.name, language, None, None, error.message, error.remedy)
    if samples is None:
        problem = f"{root}: no {split} file of {task.name} in {language}."
        return Finding(task.name, language, None, None, problem, f"{HOW_TO_GET}.")
    with_gold = sum(sample.gold is not None for sample in samples)
    return Finding(task.name, language, len(samples), with_gold, None, None)
