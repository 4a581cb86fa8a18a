"""The training sides of the benchmark's tasks."""

from __future__ import annotations

import pytest

from device_agent import tasks
from device_agent.tasks.protocol import RetrievalTask
from training import learning, target
from training.errors import TrainingError


def test_every_task_of_the_benchmark_is_trained_for_or_says_why_not() -> None:
    """Retrieval evaluates the encoder itself."""
    trained = learning.names(target)
    for name in tasks.names():
        if isinstance(tasks.get(name), RetrievalTask):
            with pytest.raises(TrainingError, match=f"{name} is trained for by nothing") as caught:
                learning.get(target, name)
            assert "checkpoint `retrieval`" in caught.value.remedy
        else:
            assert name in trained
            assert learning.get(target, name).solved_as == name
