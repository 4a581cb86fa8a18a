"""Cosmos QA: which of four answers can be read between the lines of a story?

Huang et al., EMNLP 2019 (arXiv 1909.00277), 25k questions on people's narratives:
`cosmosqa/train.csv` with context, question, answer0 to answer3 and label. Context and question
stand before each answer, as in jiant. Other languages are translations:
`cosmosqa/train-<language>.csv` or `.jsonl` with the same columns. CC BY 4.0.
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
from training.sources.tables import read_csv

_ANSWERS = 4


def _form(row: Row) -> Example:
    answers = [row.text(f"answer{number}") for number in range(_ANSWERS)]
    prompt = f"{row.text('context')} {row.text('question')}"
    right = row.one_of(numbered(_ANSWERS), "label")
    return choice_example(row, prompt, answers, right, _ANSWERS)


_SOURCE = Source(
    task="cosmosqa",
    form=_form,
    readers={".csv": read_csv, ".jsonl": read_json_lines},
    patterns=("cosmosqa/train-{language}.csv", "cosmosqa/train-{language}.jsonl"),
    english=("cosmosqa/train.csv",),
    hub=(Hub("allenai/cosmos_qa", {"en": None}),),
)

TASK = LearningTask(
    name="cosmosqa",
    solved_as="xcopa",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    head=MultipleChoice(max_tokens=256),
    hyperparameters=Hyperparameters(epochs=15, learning_rate=1e-5, batch_size=4),
)
