"""Says what a benchmark folder holds, task by task and language by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import GoldRow, InputRow, Sample, SentenceInput
from device_agent.tasks.protocol import Task
from host.data.blob import RowDigest
from host.data.counts import Counts, count_one
from host.data.source import (
    has_split,
    how_to_get,
    languages_of,
    open_pool,
    pool_language_of,
    read_language,
)


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
        has_dev: Whether the development set is there where the test set is not.
        lost: Queries whose gold is nowhere in the pool.
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
    has_dev: bool = False
    lost: int = 0
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
    targets = Targets()
    languages = [
        _check(task, root, language, split, targets, is_pool=False)
        for language in languages_of(task)
    ]
    if pool is None:
        yield from languages
        return
    found = _check(task, root, pool, split, targets, is_pool=True)
    for one in languages:
        yield replace(one, lost=targets.lost(one.language)) if found.counts else one
    yield found


def _check(
    task: Task, root: Path, language: str, split: str, targets: Targets, *, is_pool: bool
) -> Finding:
    nothing = Finding(task.name, language, is_pool=is_pool)
    try:
        samples = (
            open_pool(task, root, split) if is_pool else read_language(task, root, language, split)
        )
        if samples is not None:
            return _found(nothing, samples, targets)
    except DataError as error:
        return replace(nothing, problem=error.message, remedy=error.remedy)
    has_dev = not is_pool and has_split(task, root, language, "dev")
    dev = ", and the development set is there" if has_dev else ""
    return replace(
        nothing,
        is_missing=True,
        has_dev=has_dev,
        problem=f"{root}: no {split} file of {task.name} in {language}{dev}.",
        remedy=f"{how_to_get(task.name).removesuffix(',')}.",
    )


def _found(nothing: Finding, samples: Iterable[Sample], targets: Targets) -> Finding:
    """Go through the samples once: a pool may be larger than memory."""
    counts = Counts()
    inputs, gold = RowDigest(), RowDigest()
    for sample in samples:
        counts += count_one(sample)
        targets.take(nothing.language, sample)
        inputs.add(InputRow(id=sample.id, input=sample.input))
        if sample.gold is not None:
            gold.add(GoldRow(id=sample.id, gold=sample.gold))
    return replace(
        nothing,
        counts=counts,
        inputs=inputs.hexdigest(),
        gold=gold.hexdigest() if gold.rows else None,
    )


class Targets:
    """The candidates that gold names, and which of them the pool has; languages come first."""

    def __init__(self) -> None:
        self._golds: dict[str, list[tuple[str, ...]]] = {}
        self._missing: set[str] = set()

    def take(self, language: str, sample: Sample) -> None:
        """Note what a query looks for, or that a candidate is there."""
        if not sample.is_scored:
            self._missing.discard(sample.id)
        elif isinstance(sample.input, SentenceInput) and isinstance(sample.gold, tuple):
            self._golds.setdefault(language, []).append(sample.gold)
            self._missing.update(sample.gold)

    def lost(self, language: str) -> int:
        """Return how many queries have gold that is nowhere in the pool."""
        return sum(self._missing.issuperset(gold) for gold in self._golds.get(language, ()))
