"""XCOPA, learned in two steps: Social IQa first, then COPA with the head of the first step.

So does the benchmark (`train_xcopa.sh`), because COPA has 400 questions. Social IQa (Sap et al.,
EMNLP 2019, arXiv 1904.09728; 33k questions, CC BY 4.0) is `siqa/socialIQa_v1.4_trn.jsonl`; COPA
(Roemmele et al., 2011) is `xcopa/train-en.jsonl`, or `train.en.jsonl` as the download's script
leaves it. Both are asked as the device asks XCOPA: context and question, then an answer.
"""

from __future__ import annotations

from training.examples import Example
from training.learning import LearningTask
from training.recipe import Hyperparameters
from training.sources.choices import choice_example, numbered
from training.sources.hub import Hub
from training.sources.json_lines import read_json_lines
from training.sources.rows import Row
from training.sources.source import Source

_AS_THE_BENCHMARK = Hyperparameters(epochs=5, learning_rate=2e-5)


def _siqa_form(row: Row) -> Example:
    """Return the example; files say `correct`: A to C, the hub `label`: 1 to 3."""
    letters = "correct" in row.values
    right = row.one_of(("A", "B", "C") if letters else ("1", "2", "3"), "correct", "label")
    answers = [row.text(f"answer{letter}") for letter in "ABC"]
    return choice_example(row, f"{row.text('context')} {row.text('question')}", answers, right, 3)


def _copa_form(row: Row) -> Example:
    """Return the example; the hub names the right choice where files count from 0."""
    asks = ("cause", "effect")[row.one_of(("cause", "effect"), "question")]
    prompt = f"{row.text('premise')} What was the {asks}?"
    choices = [row.text("choice1"), row.text("choice2")]
    right = row.one_of((*numbered(2), "choice1", "choice2"), "label") % 2
    return choice_example(row, prompt, choices, right, 2)


_SIQA = Source(
    task="siqa",
    form=_siqa_form,
    readers={".jsonl": read_json_lines},
    patterns=("siqa/train-{language}.jsonl",),
    english=(
        "siqa/socialIQa_v1.4_trn.jsonl",
        "siqa/socialIQa_v1.4/socialIQa_v1.4_trn.jsonl",
    ),
    hub=(Hub("allenai/social_i_qa", {"en": None}),),
)

_COPA = Source(
    task="xcopa",
    form=_copa_form,
    readers={".jsonl": read_json_lines},
    patterns=("xcopa/train-{language}.jsonl", "xcopa/train.{language}.jsonl"),
    hub=(Hub("aps/super_glue", {"en": "copa"}),),
)

TASK = LearningTask(
    name="xcopa",
    solved_as="xcopa",
    read=_COPA.read,
    fetch=_COPA.fetch,
    hyperparameters=_AS_THE_BENCHMARK,
    first=LearningTask(
        name="siqa",
        solved_as="xcopa",
        read=_SIQA.read,
        fetch=_SIQA.fetch,
        hyperparameters=_AS_THE_BENCHMARK,
    ),
)
