"""QQP: do two questions ask the same?

Quora Question Pairs (Iyer et al., 2017), 364k pairs, as GLUE has them (Wang et al., ICLR 2019,
arXiv 1804.07461): `qqp/train.tsv` with question1, question2 and is_duplicate. A few of its lines
lack columns and are left out, as GLUE's own readers do. Other languages are translations:
`qqp/train-<language>.tsv` in XTREME's form or `.jsonl`; PAWS-X (`pawsx/dev-{language}.tsv`) is
paraphrase data in seven languages and can be named in their place. Quora allows non-commercial use.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.pairs import PARAPHRASE
from training.sources.source import Source
from training.sources.tables import TabSeparated

_SOURCE = Source(
    task="qqp",
    form=PARAPHRASE,
    readers={
        ".tsv": TabSeparated(PARAPHRASE.header, tolerates_short=True),
        ".jsonl": read_json_lines,
    },
    patterns=("qqp/train-{language}.tsv", "qqp/train-{language}.jsonl"),
    english=("qqp/train.tsv",),
    hub=(Hub("nyu-mll/glue", {"en": "qqp"}),),
)

TASK = LearningTask(
    name="qqp",
    solved_as="pawsx",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=1e-5, batch_size=24),
)
