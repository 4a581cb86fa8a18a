"""MNLI: does the first sentence entail, contradict, or leave open the second?

Multi-Genre Natural Language Inference (Williams et al., NAACL 2018, arXiv 1704.05426): 393k pairs.
English is `mnli/multinli_1.0_train.jsonl` as published, or `mnli/train.tsv` as GLUE has it. Other
languages are MNLI in translation: `mnli/multinli.train.<language>.tsv` of XNLI-MT 1.0, or
`mnli/train-<language>.tsv` in XTREME's form. XNLI's development set is inference data that people
translated, and can be named in their place (`xnli/dev-{language}.tsv`). Pairs on which annotators
disagreed (label `-`) are left out.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.pairs import INFERENCE
from training.sources.source import Source
from training.sources.tables import TabSeparated

_LANGUAGES = "ar bg de el en es fr hi ru sw th tr ur vi zh"

# The hub's XNLI has MNLI as its training split: in English, and the translations of XNLI-MT.
_HUB = Hub("facebook/xnli", {code: code for code in _LANGUAGES.split()})

SOURCE = Source(
    task="mnli",
    form=INFERENCE,
    readers={".tsv": TabSeparated(INFERENCE.header), ".jsonl": read_json_lines},
    patterns=(
        "mnli/train-{language}.tsv",
        "mnli/train-{language}.jsonl",
        "mnli/multinli.train.{language}.tsv",
    ),
    english=("mnli/multinli_1.0_train.jsonl", "mnli/train.tsv"),
    hub=(_HUB,),
)

TASK = LearningTask(
    name="mnli",
    solved_as="xnli",
    read=SOURCE.read,
    fetch=SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=2, learning_rate=1e-5, batch_size=24),
)
