"""PANX, learned from `panx/train-<language>.tsv`, as the benchmark's download has it.

WikiANN in the splits of Rahimi et al., ACL 2019 (arXiv 1902.00193): 20k English sentences.
"""

from __future__ import annotations

from device_agent import tasks
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.source import Source
from training.sources.tags import BenchmarkTags, TagForm

_TAGS = tasks.get("panx").labels

_SOURCE = Source(
    task="panx",
    form=TagForm(_TAGS),
    readers={".tsv": BenchmarkTags(_TAGS), ".jsonl": read_json_lines},
    patterns=("panx/train-{language}.tsv",),
    hub=(Hub("google/xtreme", {"en": "PAN-X.en"}),),
)

TASK = LearningTask(
    name="panx",
    solved_as="panx",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=10, learning_rate=2e-5),
)
