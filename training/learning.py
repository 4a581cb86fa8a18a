"""What a task of training is; every file in `intermediate/` and `target/` holds one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from device_agent import tasks
from device_agent.tasks.protocol import Head, RetrievalTask, Task
from training.errors import TrainingError
from training.examples import Example
from training.recipe import Hyperparameters


class Read(Protocol):
    """Reads a task's examples of one language."""

    def __call__(self, root: Path, language: str, files: str | None = None) -> list[Example]:
        """Return the examples.

        Args:
            root: The folder of the data.
            language: Code.
            files: The file below `root`, `{language}` in place of the code, where it is not one
                of the published names: `xnli/dev-{language}.tsv`.
        """


class Fetch(Protocol):
    """Loads a task's examples of one language from the Hugging Face hub."""

    def __call__(self, language: str, mirror: Path | None = None) -> list[Example]:
        """Return the examples.

        Args:
            language: Code.
            mirror: A folder of clones of the hub's datasets, in place of the hub.
        """


Labels = tuple[str, ...] | Callable[[Sequence[Example]], tuple[str, ...]]
"""Classes in the order of the logits, or what finds them in all examples of the phase."""


@dataclass(frozen=True)
class LearningTask:
    """One source of examples.

    Attributes:
        name: Equal to the file's.
        solved_as: The device's task whose head it has, with other limits where `head` says so.
        read: Reads all training examples of a language.
        hyperparameters: For encoders of XLM-R's size, as the benchmark's scripts have them.
        labels: Its classes, where an intermediate task has others than the device's task; None
            for those.
        head: That task's head with other limits, for longer inputs; None for the task's own.
        fetch: Loads the examples from the hub; None where they may not lie there.
        first: What is learned before it in the same phase, its head kept; None for nothing.
    """

    name: str
    solved_as: str
    read: Read
    hyperparameters: Hyperparameters
    labels: Labels | None = None
    head: Head | None = None
    fetch: Fetch | None = None
    first: LearningTask | None = None

    @property
    def task(self) -> Task:
        """The device's task, whose code encodes the examples."""
        task = tasks.get(self.solved_as)
        if self.head is None:
            return task
        return cast("Task", replace(cast("Any", task), head=self.head))

    @property
    def steps(self) -> tuple[LearningTask, ...]:
        """All that is learned for it, in order; a step begins with the head of the one before."""
        return (*(self.first.steps if self.first else ()), self)

    def classes(self, examples: Sequence[Example]) -> tuple[str, ...]:
        """Return the classes that a head for these examples has; none for heads without."""
        if self.labels is None:
            return self.task.labels
        return self.labels if isinstance(self.labels, tuple) else self.labels(examples)


def names(package: ModuleType) -> tuple[str, ...]:
    """Return the tasks of `training.intermediate` or `training.target`, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def get(package: ModuleType, name: str) -> LearningTask:
    """Return the task of that name.

    Raises:
        TrainingError: The package has no such task, or it is one that nothing is trained for.
    """
    if name not in names(package):
        _refuse_retrieval(name)
        raise TrainingError(
            f"There is no {package.__name__.rpartition('.')[2]} task {name!r}.",
            remedy=f"Use one of: {', '.join(names(package))}.",
        )
    return cast("LearningTask", importlib.import_module(f"{package.__name__}.{name}").TASK)


def _refuse_retrieval(name: str) -> None:
    """Tell that a retrieval task is solved by the encoder as it is."""
    if name in tasks.names() and isinstance(tasks.get(name), RetrievalTask):
        raise TrainingError(
            f"{name} is trained for by nothing: what is evaluated is the encoder itself, as the "
            "intermediate phase leaves it.",
            remedy="Leave it out of the target tasks, and name the encoder's folder as the "
            "study's checkpoint `retrieval`.",
        )
