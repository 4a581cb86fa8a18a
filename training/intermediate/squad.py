"""SQuAD 1.1: a span of the context answers the question.

Stanford Question Answering Dataset (Rajpurkar et al., EMNLP 2016, arXiv 1606.05250), 88k questions:
`squad/train-v1.1.json`. Other languages are translations with the answers' places:
`squad/train-<language>.json`; XQuAD (`xquad/xquad.{language}.json`) is SQuAD in twelve languages
and can be named in their place, where it is not what is evaluated. CC BY-SA 4.0.
"""

from __future__ import annotations

from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.questions import SpanForm, read_squad_json
from training.sources.source import Source

SOURCE = Source(
    task="squad",
    form=SpanForm(),
    readers={".json": read_squad_json, ".jsonl": read_json_lines},
    patterns=("squad/train-{language}.json", "squad/train-{language}.jsonl"),
    english=("squad/train-v1.1.json",),
    hub=(Hub("rajpurkar/squad", {"en": "plain_text"}),),
)

TASK = LearningTask(
    name="squad",
    solved_as="xquad",
    read=SOURCE.read,
    fetch=SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=1e-5, batch_size=8),
)
