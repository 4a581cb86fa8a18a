"""The evaluation's texts, as the corpus whose tokens a trimmed vocabulary keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import Input, Sample
from device_agent.tasks.protocol import Task
from export.vocabulary.corpus import Corpus, Portion
from host.data.source import how_to_get, languages_of, open_pool, pool_language_of, read_language


@dataclass(frozen=True)
class EvaluationData:
    """What an artifact is evaluated on.

    Attributes:
        root: The benchmark's folder.
        split: Of every task.
        wanted: Task to its languages; None for all that the folder has.
    """

    root: Path
    split: str
    wanted: Mapping[str, Sequence[str] | None]


def evaluation_corpus(data: EvaluationData) -> Corpus:
    """Return all texts of the tasks, also where a study takes some of them only.

    Raises:
        DataError: When it is read: a language that is wanted has no data, or a file is malformed.
    """
    root, split = data.root, data.split

    def read() -> Iterator[Portion]:
        for name, languages in data.wanted.items():
            task = tasks.get(name)
            found = False
            for language in languages or languages_of(task):
                samples = read_language(task, root, language, split)
                if samples is not None:
                    found = True
                    yield Portion(name, language, task.head, _inputs(samples))
                elif languages:
                    raise _missing(root, split, name, f"in {language}")
            if not found:
                raise _missing(root, split, name, "in any of its languages")
            yield from _pool(task, root, split)

    return read


def _pool(task: Task, root: Path, split: str) -> Iterator[Portion]:
    language = pool_language_of(task)
    pool = open_pool(task, root, split) if language is not None else None
    if pool is not None:
        yield Portion(task.name, str(language), task.head, _inputs(pool))


def _inputs(samples: Iterable[Sample]) -> Iterator[Input]:
    return (sample.input for sample in samples)


def _missing(root: Path, split: str, task: str, where: str) -> DataError:
    return DataError(
        f"{root}: no {split} file of {task} {where}, whose tokens the vocabulary is to keep.",
        remedy=f"{how_to_get(task)} into that folder, or name only languages that it has.",
    )
