"""XNLI, learned from MNLI: `xnli/train-<language>.tsv`, as the benchmark's download has it.

English is MNLI; where the download is not there, MNLI's own files are read (`mnli/`). Translations
of it lie in the hub's XNLI.
"""

from __future__ import annotations

from training.intermediate import mnli
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.pairs import INFERENCE
from training.sources.source import Source
from training.sources.tables import TabSeparated

_SOURCE = Source(
    task="xnli",
    form=INFERENCE,
    readers={".tsv": TabSeparated(INFERENCE.header), ".jsonl": read_json_lines},
    patterns=("xnli/train-{language}.tsv",),
    english=mnli.SOURCE.english,
    hub=tuple(Hub(hub.identifier, hub.configs, quoted=True) for hub in mnli.SOURCE.hub),
)

TASK = LearningTask(
    name="xnli",
    solved_as="xnli",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=5, learning_rate=2e-5),
)
