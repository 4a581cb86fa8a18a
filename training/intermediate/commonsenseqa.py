"""CommonsenseQA: which of five answers does common sense give?

Talmor et al., NAACL 2019 (arXiv 1811.00937), 9.7k questions: `commonsenseqa/train_rand_split.jsonl`
with question.stem, question.choices (label A to E, text) and answerKey. Other languages are
translations: `commonsenseqa/train-<language>.jsonl` with the same columns. MIT licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.examples import Example
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.choices import choice_example
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.rows import Row
from training.sources.source import Source

_LETTERS = ("A", "B", "C", "D", "E")


def _form(row: Row) -> Example:
    """Return the example; the hub has the stem as `question`, and choices as a list a field."""
    asked = row.value("question")
    published = isinstance(asked, dict)
    inner = Row(row.place, asked) if published else row
    stem = inner.text("stem") if published else row.text("question")
    choices = _choices(inner)
    right = row.one_of(tuple(choices), "answerKey")
    return choice_example(row, stem, list(choices.values()), right, len(_LETTERS))


def _choices(row: Row) -> Mapping[str, str]:
    """Return the text of each letter."""
    found: Any = row.value("choices")
    if isinstance(found, dict):
        fields = Row(row.place, found)
        pairs = list(zip(fields.texts("label"), fields.texts("text"), strict=False))
    elif isinstance(found, list) and all(isinstance(one, dict) for one in found):
        each = [Row(row.place, one) for one in found]
        pairs = [(one.text("label"), one.text("text")) for one in each]
    else:
        raise row.refused("choices of another form", "a list of objects with label and text")
    choices = dict(pairs)
    if len(choices) != len(_LETTERS):
        raise row.refused(f"{len(choices)} choices", str(len(_LETTERS)))
    return choices


_SOURCE = Source(
    task="commonsenseqa",
    form=_form,
    readers={".jsonl": read_json_lines},
    patterns=("commonsenseqa/train-{language}.jsonl",),
    english=("commonsenseqa/train_rand_split.jsonl",),
    hub=(Hub("tau/commonsense_qa", {"en": None}),),
)

TASK = LearningTask(
    name="commonsenseqa",
    solved_as="xcopa",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=10, learning_rate=1e-5, batch_size=4),
)
