"""TyDiQA-GoldP, learned from its own training set, in English for zero-shot evaluation.

Clark et al., TACL 2020 (arXiv 2003.05002): 3.7k English questions,
`tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.en.train.json` as the download's script splits them.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.questions import SpanForm, read_squad_json
from training.sources.source import Source

_SOURCE = Source(
    task="tydiqa",
    form=SpanForm(),
    readers={".json": read_squad_json, ".jsonl": read_json_lines},
    patterns=("tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.{language}.train.json",),
    hub=(Hub("google/xtreme", {"en": "tydiqa"}, id_prefix={"en": "english"}),),
)

TASK = LearningTask(
    name="tydiqa",
    solved_as="tydiqa",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=3e-5, weight_decay=1e-4),
)
