"""Reads the benchmark's folder one task and language at a time, and tells absent from broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample
from device_agent.tasks import mewslix
from device_agent.tasks.protocol import RetrievalTask, Task

_SCRIPT = "Download the data with scripts/download_data.sh of google-research/xtreme"
_BY_TASK = {
    "bucc2018": f"{_SCRIPT}, which takes BUCC's sample-gold for dev and its training-gold for the "
    "test sentences (their gold goes into labels/bucc2018/)",
    "lareqa": "Download the data with scripts/download_lareqa_data.sh of google-research/xtreme, "
    "which fetches XQuAD-R (xquad-r/<language>.json)",
    "mewslix": "Download the data with scripts/download_mewslix_data.sh of google-research/xtreme, "
    "which rebuilds the articles from Wikinews and fetches the candidate set of 1,003,893 entities "
    "(a smaller pool of your own may stand in mewslix/candidate_set_entities.jsonl, JSON Lines "
    "with entity_id and description; its scores are not comparable with published ones)",
}
"""What has a script of its own, or another name upstream."""


_STREAMS: Mapping[str, Callable[[Path], Iterator[Sample]]] = {
    mewslix.TASK.name: mewslix.stream_candidates
}
"""Pools that are too large for memory."""


def how_to_get(task: str, *, by_hand: bool = False) -> str:
    """Say where a task's files come from, as the beginning of a remedy.

    Args:
        task: Its name; another text for all that have no script of their own.
        by_hand: Leave out `host data fetch`, which has been tried.
    """
    if task in _BY_TASK:
        return _BY_TASK[task]
    return _SCRIPT if by_hand else f"{_SCRIPT}, or with `host data fetch`,"


def languages_of(task: Task) -> tuple[str, ...]:
    """Return the task's languages in XTREME and XTREME-R together, sorted."""
    return tuple(sorted({*task.languages_xtreme, *task.languages_xtreme_r}))


def pool_language_of(task: Task) -> str | None:
    """Return what the task calls candidates that belong to no query's language; None without."""
    return task.pool_language if isinstance(task, RetrievalTask) else None


def is_pooled(task: Task) -> bool:
    """Tell whether the candidates of all languages form one pool."""
    return isinstance(task, RetrievalTask) and task.pooled


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
            remedy=f"{how_to_get(task.name)} again, or leave {language} out.",
        )
    return samples


def has_split(task: Task, root: Path, language: str, split: str) -> bool:
    """Tell whether the folder has a readable file of that split."""
    try:
        return read_language(task, root, language, split) is not None
    except DataError:
        return False


def open_pool(task: Task, root: Path, split: str) -> Iterable[Sample] | None:
    """Return the candidates that no language has to itself; None where there is no file of them.

    Iterating over it again reads the file again, so that no more than the ids are in memory.

    Raises:
        DataError: The file is malformed or empty, here or while it is read.
    """
    language = pool_language_of(task)
    assert language is not None
    if task.name not in _STREAMS:
        return read_language(task, root, language, split)
    pool = _Stream(task.name, root)
    try:
        first = next(iter(pool), None)
    except DataError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
    if first is None:
        raise DataError(
            f"{root}: {task.name} has a file of candidates without a candidate in it.",
            remedy=f"{how_to_get(task.name)} again.",
        )
    return pool


@dataclass(frozen=True)
class _Stream:
    """A pool that is read anew each time; an id that stands there twice is an error."""

    task: str
    root: Path

    def __iter__(self) -> Iterator[Sample]:
        seen: set[str] = set()
        for sample in _STREAMS[self.task](self.root):
            if sample.id in seen:
                raise DataError(
                    f"{self.root}: {self.task} has the candidate {sample.id!r} twice, expected it "
                    "once.",
                    remedy="Take one of the two out, if the pool is your own, or get it again. "
                    f"{how_to_get(self.task)}.",
                )
            seen.add(sample.id)
            yield sample
