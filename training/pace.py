"""Measures how long an update takes, with a few updates on a few examples that nothing keeps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from training import heads
from training.batches import Padding
from training.examples import Example
from training.fit import Execution, Update, fit, repeatable
from training.learning import LearningTask
from training.machine import processes
from training.model import load_with_head
from training.precision import Precision
from training.recipe import Hyperparameters
from training.tune import encoded

_FEWEST = 3
_MOST = 12
_ENOUGH_S = 2.0
_MOST_EXAMPLES = 256


class _EnoughError(Exception):
    """The pace is known."""


@dataclass(frozen=True)
class Pace:
    """What a task costs on a base, here and now.

    Attributes:
        items_per_example: Long inputs become several windows.
    """

    seconds_per_update: float
    items_per_example: float


def measure_pace(
    base: Path,
    learning: LearningTask,
    examples: Sequence[Example],
    hyperparameters: Hyperparameters,
    precision: Precision,
) -> Pace:
    """Train a throw-away model for a few updates. Raises as `tune`."""
    classes = learning.classes(examples)
    learner = heads.get(learning.task.head.name)
    few = examples[: min(_MOST_EXAMPLES, _FEWEST * hyperparameters.batch_size)]
    with repeatable(0):
        model = load_with_head(base, learner.model_class, classes, learning.name)
    items = encoded(model, base, learning, few, classes)
    times_s: list[float] = []

    def tell(update: Update) -> None:
        del update
        times_s.append(time.monotonic())
        # Processes that train together must stop together.
        if processes() == 1 and len(times_s) > _FEWEST and times_s[-1] - times_s[0] > _ENOUGH_S:
            raise _EnoughError

    updates = _MOST if processes() == 1 else _FEWEST
    with suppress(_EnoughError):
        fit(
            model,
            items,
            Padding(model.config.pad_token_id, learner.padding()),
            replace(hyperparameters, epochs=updates, max_steps=updates),
            0,
            execution=Execution(precision=precision, progress=tell, tell_every_s=0.0),
        )
    # Where several processes train together, one of them is told how it goes on.
    steps_s = [after - before for before, after in pairwise(times_s)]
    return Pace(median(steps_s) if steps_s else 0.0, len(items) / len(few))
