"""Says what a benchmark folder holds, task by task and language by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import GoldRow, InputRow, Sample, SentenceInput
from device_agent.tasks.protocol import Task
from host.data.blob import RowDigest
from host.data.source import (
    how_to_get,
    languages_of,
    open_pool,
    pool_language_of,
    read_language,
)


@dataclass(frozen=True)
class Counts:
    """How much there is.

    Attributes:
        queries: Samples that are scored.
        with_gold: How many of them have gold.
        candidates: What retrieval looks them up among.
        tuning: Queries and candidates of the development set that a threshold is fitted on.
    """

    queries: int = 0
    with_gold: int = 0
    candidates: int = 0
    tuning: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            queries=self.queries + other.queries,
            with_gold=self.with_gold + other.with_gold,
            candidates=self.candidates + other.candidates,
            tuning=self.tuning + other.tuning,
        )

    @property
    def samples(self) -> int:
        """All that a device runs."""
        return self.queries + self.candidates + self.tuning


@dataclass(frozen=True)
class Finding:
    """One task in one language.

    Attributes:
        language: Of its queries; for a pool that no language has to itself, what the task calls it.
        counts: None where there is nothing to be had.
        inputs: Digest of the inputs as a study of all that is here packs them without limits, so
            that a run spec and a bundle name the same; None likewise.
        gold: The same of the gold; None also where no sample has any.
        is_pool: Whether it is such a pool, and no language.
        is_missing: Whether there is no file, rather than one that does not read.
        problem: Why there is nothing; None where there is something.
        remedy: What to do about it; None likewise.
    """

    task: str
    language: str
    counts: Counts | None = None
    inputs: str | None = None
    gold: str | None = None
    is_pool: bool = False
    is_missing: bool = False
    problem: str | None = None
    remedy: str | None = None


def check_data(
    root: Path, split: str = "test", names: Iterable[str] | None = None
) -> list[Finding]:
    """Read what is below the folder, and return one finding per task, language and pool.

    Args:
        root: The benchmark's folder.
        split: Of every task.
        names: The tasks; None for all.

    Raises:
        DataError: There is no such folder.
    """
    if not root.is_dir():
        raise DataError(
            f"{root}: there is no such folder.",
            remedy=f"{how_to_get('')} and name the folder that holds xnli/, udpos/ and so on.",
        )
    wanted = tasks.names() if names is None else names
    return [found for name in wanted for found in _check_task(tasks.get(name), root, split)]


def _check_task(task: Task, root: Path, split: str) -> Iterator[Finding]:
    pool = pool_language_of(task)
    for language in languages_of(task):
        yield _check(task, root, language, split, is_pool=False)
    if pool is not None:
        yield _check(task, root, pool, split, is_pool=True)


def _check(task: Task, root: Path, language: str, split: str, *, is_pool: bool) -> Finding:
    try:
        samples = (
            open_pool(task, root, split) if is_pool else read_language(task, root, language, split)
        )
        found = None if samples is None else _found(task.name, language, samples, is_pool=is_pool)
    except DataError as error:
        return Finding(
            task.name, language, is_pool=is_pool, problem=error.message, remedy=error.remedy
        )
    if found is None:
        return Finding(
            task.name,
            language,
            is_pool=is_pool,
            is_missing=True,
            problem=f"{root}: no {split} file of {task.name} in {language}.",
            remedy=f"{how_to_get(task.name).removesuffix(',')}.",
        )
    return found


def _found(task: str, language: str, samples: Iterable[Sample], *, is_pool: bool) -> Finding:
    """Go through the samples once: a pool may be larger than memory."""
    counts = Counts()
    inputs, gold = RowDigest(), RowDigest()
    for sample in samples:
        counts += _ONE[_part(sample)]
        inputs.add(InputRow(id=sample.id, input=sample.input))
        if sample.gold is not None:
            gold.add(GoldRow(id=sample.id, gold=sample.gold))
    return Finding(
        task,
        language,
        counts=counts,
        inputs=inputs.hexdigest(),
        gold=gold.hexdigest() if gold.rows else None,
        is_pool=is_pool,
    )


def count(samples: Iterable[Sample]) -> Counts:
    """Count the samples by what they are for."""
    return sum((_ONE[_part(sample)] for sample in samples), Counts())


def _part(sample: Sample) -> str:
    if isinstance(sample.input, SentenceInput) and sample.input.tuning:
        return "tuning"
    if not sample.is_scored:
        return "candidate"
    return "query" if sample.gold is None else "query with gold"


_ONE = {
    "query": Counts(queries=1),
    "query with gold": Counts(queries=1, with_gold=1),
    "candidate": Counts(candidates=1),
    "tuning": Counts(tuning=1),
}
