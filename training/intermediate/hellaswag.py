"""HellaSwag: which of four endings goes on where a description stops?

Zellers et al., ACL 2019 (arXiv 1905.07830), 40k contexts from ActivityNet and WikiHow:
`hellaswag/hellaswag_train.jsonl` with ctx_a, ctx_b, endings and label. The unfinished second
sentence (ctx_b) stands before each ending, as in jiant. Other languages are translations:
`hellaswag/train-<language>.jsonl` with the same columns. MIT licence.
"""

from __future__ import annotations

from device_agent.tasks.heads.multiple_choice import MultipleChoice
from training.examples import Example
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.choices import choice_example, numbered
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.rows import Row
from training.sources.source import Source

_ENDINGS = 4


def _form(row: Row) -> Example:
    begun = row.text("ctx_b")
    endings = [f"{begun} {ending}".strip() for ending in row.texts("endings")]
    right = row.one_of(numbered(_ENDINGS), "label")
    return choice_example(row, row.text("ctx_a"), endings, right, _ENDINGS)


_SOURCE = Source(
    task="hellaswag",
    form=_form,
    readers={".jsonl": read_json_lines},
    patterns=("hellaswag/train-{language}.jsonl",),
    english=("hellaswag/hellaswag_train.jsonl",),
    hub=(Hub("Rowan/hellaswag", {"en": None}),),
)

TASK = LearningTask(
    name="hellaswag",
    solved_as="xcopa",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    head=MultipleChoice(max_tokens=256),
    hyperparameters=Hyperparameters(epochs=7, learning_rate=1e-5, batch_size=24),
)
