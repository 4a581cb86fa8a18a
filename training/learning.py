"""What a task of training is; every file in `intermediate/` and `target/` holds one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

from device_agent import tasks
from device_agent.tasks.protocol import Task
from training.errors import TrainingError
from training.examples import Example
from training.recipe import Hyperparameters

Read = Callable[[Path, str], list[Example]]
"""Takes the folder of the data and a language."""


@dataclass(frozen=True)
class LearningTask:
    """One source of examples.

    Attributes:
        name: Equal to the file's.
        solved_as: The device's task whose head and labels it has.
        read: Reads all training examples of a language.
        hyperparameters: For encoders of XLM-R's size, as the benchmark's scripts have them.
    """

    name: str
    solved_as: str
    read: Read
    hyperparameters: Hyperparameters

    @property
    def task(self) -> Task:
        """The device's task, whose code encodes the examples."""
        return tasks.get(self.solved_as)


def names(package: ModuleType) -> tuple[str, ...]:
    """Return the tasks of `training.intermediate` or `training.target`, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def get(package: ModuleType, name: str) -> LearningTask:
    """Return the task of that name.

    Raises:
        TrainingError: The package has no such task.
    """
    if name not in names(package):
        raise TrainingError(
            f"There is no {package.__name__.rpartition('.')[2]} task {name!r}.",
            remedy=f"Use one of: {', '.join(names(package))}.",
        )
    return cast("LearningTask", importlib.import_module(f"{package.__name__}.{name}").TASK)
