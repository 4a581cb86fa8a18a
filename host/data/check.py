"""Says what a benchmark folder holds, task by task and language by language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.codec import Document, encode
from device_agent.contract.errors import DataError
from device_agent.contract.samples import GoldRow, InputRow
from device_agent.tasks.protocol import Task
from host.data.source import HOW_TO_GET, languages_of, read_language

_GET_IT = f"{HOW_TO_GET}."


@dataclass(frozen=True)
class Finding:
    """One task in one language.

    Attributes:
        samples: Number of samples; None where there are none to be had.
        with_gold: How many of them have gold; None likewise.
        inputs: Digest of the inputs as a study without a limit packs them, so that a run spec and
            a bundle name the same; None likewise.
        gold: The same of the gold; None also where no sample has any.
        problem: Why there are none; None where there are some.
        remedy: What to do about it; None likewise.
    """

    task: str
    language: str
    samples: int | None
    with_gold: int | None
    inputs: str | None
    gold: str | None
    problem: str | None
    remedy: str | None

    @property
    def is_missing(self) -> bool:
        """Whether there is no file, rather than one that does not read."""
        return self.remedy == _GET_IT


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
        return _none(task, language, error.message, error.remedy)
    if samples is None:
        problem = f"{root}: no {split} file of {task.name} in {language}."
        return _none(task, language, problem, _GET_IT)
    gold = [GoldRow(id=s.id, gold=s.gold) for s in samples if s.gold is not None]
    return Finding(
        task=task.name,
        language=language,
        samples=len(samples),
        with_gold=len(gold),
        inputs=_digest(InputRow(id=s.id, input=s.input) for s in samples),
        gold=_digest(gold) if gold else None,
        problem=None,
        remedy=None,
    )


def _none(task: Task, language: str, problem: str, remedy: str) -> Finding:
    return Finding(task.name, language, None, None, None, None, problem, remedy)


def _digest(rows: Iterable[Document]) -> str:
    sha = hashlib.sha256()
    for row in rows:
        sha.update(encode(row) + b"\n")
    return sha.hexdigest()
