"""Reads training data: a task's files once for all phases that learn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host.studies.training_schema import TrainingSettings
from training import intermediate, learning, target
from training.errors import TrainingError
from training.examples import Example, share_equally
from training.learning import LearningTask

_ENGLISH = "en"


@dataclass(frozen=True)
class Request:
    """The examples that a phase learns from.

    Attributes:
        task: Of the study file.
        count: In all languages together: of an intermediate task exactly so many, None for as
            many as English has; of a target task at most, None for all.
        seed: Of the draw.
        step: Of a target task, which of those that are learned for it, from 0; None for an
            intermediate task.
    """

    task: str
    languages: tuple[str, ...]
    count: int | None
    seed: int
    step: int | None = None

    @property
    def learning(self) -> LearningTask:
        """What learns from them."""
        if self.step is None:
            return learning.get(intermediate, self.task)
        return learning.get(target, self.task).steps[self.step]

    @property
    def name(self) -> str:
        """What the examples are of: the task, or a step of its own name."""
        return self.learning.name


@dataclass(frozen=True)
class DataPlace:
    """Where a study's training data comes from.

    Attributes:
        folder: None for the Hugging Face hub.
        mirror: Clones of the hub's datasets, in place of the hub.
        files: By task, the file below the folder.
    """

    folder: Path | None
    mirror: Path | None
    files: Mapping[str, str]


class Sources:
    """The training data of a study; keeps the task that was read last.

    Args:
        place: Where it comes from.
    """

    def __init__(self, place: DataPlace) -> None:
        self._place = place
        self._task: tuple[str, int | None] | None = None
        self._read: dict[str, list[Example]] = {}

    @classmethod
    def of(cls, training: TrainingSettings) -> Sources:
        """Return the data of a study's section."""
        return cls(place_of(training))

    def examples(self, request: Request) -> list[Example]:
        """Return what was asked for; equal requests return equal examples in equal order.

        Raises:
            DataError: A file is missing or malformed.
            TrainingError: It is empty, or has too few examples.
        """
        is_target = request.step is not None
        count = request.count
        if request.languages == (_ENGLISH,):
            available = self._of(request, _ENGLISH)
            if count is None or (is_target and len(available) <= count):
                return list(available)
        wanted = count or len(self._of(request, _ENGLISH))
        by_language = {language: self._of(request, language) for language in request.languages}
        try:
            return share_equally(by_language, wanted, request.seed)
        except TrainingError as error:
            raise TrainingError(
                f"{request.name}, {error.message}",
                remedy="Lower `examples` in the study's section training, or this task's own in "
                "`examples-by-task`, or leave the language out.",
            ) from error

    def _of(self, request: Request, language: str) -> list[Example]:
        task = (request.task, request.step)
        if self._task != task:
            self._task, self._read = task, {}
        if language not in self._read:
            self._read[language] = self._load(request, language)
        return self._read[language]

    def _load(self, request: Request, language: str) -> list[Example]:
        task, place = request.learning, self._place
        if place.folder is not None:
            return task.read(place.folder, language, place.files.get(task.name))
        if task.fetch is None:
            raise TrainingError(
                f"{task.name}: its data is not on the hub, or may not lie there.",
                remedy="Name the folder that has it: `training: {data: FOLDER}`.",
            )
        return task.fetch(language, place.mirror)


def place_of(training: TrainingSettings) -> DataPlace:
    """Return where a study's section says that the data is."""
    return DataPlace(training.data, training.mirror, dict(training.files))
