"""PAWS-X, learned from PAWS-Wiki: `pawsx/train-<language>.tsv`, as the download has it.

Yang et al., EMNLP 2019 (arXiv 1908.11828): 49k English pairs. Other languages of the training split
are machine translations, which the benchmark's download leaves out and the hub has. A row that was
published broken in two, as one of the Korean development set is, is left out.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.pairs import PARAPHRASE
from training.sources.source import Source
from training.sources.tables import TabSeparated

_LANGUAGES = "de en es fr ja ko zh"

_HUB = Hub(
    identifier="google-research-datasets/paws-x",
    configs={code: code for code in _LANGUAGES.split()},
    quoted=True,
)

_SOURCE = Source(
    task="pawsx",
    form=PARAPHRASE,
    readers={
        ".tsv": TabSeparated(PARAPHRASE.header, tolerates_short=True),
        ".jsonl": read_json_lines,
    },
    patterns=("pawsx/train-{language}.tsv",),
    hub=(_HUB,),
)

TASK = LearningTask(
    name="pawsx",
    solved_as="pawsx",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=5, learning_rate=2e-5),
)
