"""UDPOS, learned from `udpos/train-<language>.tsv`, as the benchmark's download has it.

English is Universal Dependencies 2.7; the hub's copy is of 2.5, with contractions taken apart.
"""

from __future__ import annotations

from device_agent import tasks
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.source import Source
from training.sources.tags import BenchmarkTags, TagForm

_TAGS = tasks.get("udpos").labels

_SOURCE = Source(
    task="udpos",
    form=TagForm(_TAGS),
    readers={".tsv": BenchmarkTags(_TAGS), ".jsonl": read_json_lines},
    patterns=("udpos/train-{language}.tsv",),
    hub=(Hub("google/xtreme", {"en": "udpos.English"}),),
)

TASK = LearningTask(
    name="udpos",
    solved_as="udpos",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=10, learning_rate=2e-5),
)
