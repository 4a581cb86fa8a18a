"""SQuAD 2.0: a span of the context answers the question, or nothing does.

SQuAD 1.1 and 54k questions that look answerable and are not (Rajpurkar et al., ACL 2018,
arXiv 1806.03822), 130k in all: `squad2/train-v2.0.json`. A question without an answer points at the
first token, as in the reference code. Other languages are translations:
`squad2/train-<language>.json`. CC BY-SA 4.0.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.questions import SpanForm, read_squad_json
from training.sources.source import Source

_SOURCE = Source(
    task="squad2",
    form=SpanForm(unanswerable=True),
    readers={".json": read_squad_json, ".jsonl": read_json_lines},
    patterns=("squad2/train-{language}.json", "squad2/train-{language}.jsonl"),
    english=("squad2/train-v2.0.json",),
    hub=(Hub("rajpurkar/squad_v2", {"en": "squad_v2"}),),
)

TASK = LearningTask(
    name="squad2",
    solved_as="xquad",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=1e-5, batch_size=8),
)
