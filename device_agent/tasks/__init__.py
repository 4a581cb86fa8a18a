"""The tasks: a file is a task and its name the task's; listing them imports none of them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

from device_agent.contract.errors import DataError

if TYPE_CHECKING:
    from device_agent.tasks.protocol import Task

_NOT_TASKS = {"protocol"}


def names() -> tuple[str, ...]:
    """Return every task's name, sorted, without importing any."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.ispkg and module.name not in _NOT_TASKS
        )
    )


def get(name: str) -> Task:
    """Return the task of that name.

    Raises:
        DataError: There is no such task.
    """
    if name not in names():
        raise DataError(f"There is no task {name!r}.", remedy=f"Use one of: {', '.join(names())}.")
    return cast("Task", importlib.import_module(f"{__name__}.{name}").TASK)
