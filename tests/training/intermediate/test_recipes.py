"""The nine intermediate tasks of arXiv 2005.13013."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from device_agent.contract.samples import ChoiceInput, PairInput, QuestionInput, TokensInput
from tests.training.conftest import Bench
from training import heads, intermediate, learning
from training.batches import Padding
from training.examples import Example, Input, Target
from training.sources.questions import NO_ANSWER

INPUTS: dict[str, tuple[Input, Target]] = {
    "anli": (PairInput(first="Anna", second="he"), "neutral"),
    "ccg": (TokensInput(tokens=("Anna", "eats")), ("NP", "S\\NP")),
    "commonsenseqa": (ChoiceInput(prompt="Where?", choices=("a", "b", "c", "d", "e")), 4),
    "cosmosqa": (ChoiceInput(prompt="Why?", choices=("a", "b", "c", "d")), 3),
    "hellaswag": (ChoiceInput(prompt="He", choices=("a", "b", "c", "d")), 0),
    "mnli": (PairInput(first="Anna", second="he"), "entailment"),
    "qqp": (PairInput(first="Anna", second="he"), "1"),
    "squad": (QuestionInput(question="Who?", context="Anna."), NO_ANSWER),
    "squad2": (QuestionInput(question="Who?", context="Anna."), NO_ANSWER),
}


def test_there_are_nine() -> None:
    """A file each."""
    assert learning.names(intermediate) == tuple(sorted(INPUTS))


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_the_devices_head_encodes_its_examples(name: str, bench: Bench) -> None:
    """And a batch of them has a tensor for every target."""
    task = learning.get(intermediate, name)
    example = Example(input=INPUTS[name][0], target=INPUTS[name][1])
    learner = heads.get(task.task.head.name)
    tokenizer = Tokenizer.from_file(str(bench.tokenizer / "tokenizer.json"))
    labels = task.classes([example])
    items = learner.features(task.task.head, tokenizer, example, labels) * 2
    batch = Padding(1, learner.padding())(items)
    assert all(len(tensor) == 2 for tensor in batch.values())


def test_what_cannot_be_answered_points_at_the_first_token(bench: Bench) -> None:
    """Wherever the context begins."""
    task = learning.get(intermediate, "squad2")
    tokenizer = Tokenizer.from_file(str(bench.tokenizer / "tokenizer.json"))
    example = Example(input=INPUTS["squad2"][0], target=NO_ANSWER)
    (item,) = heads.get("question-answering").features(task.task.head, tokenizer, example, ())
    assert (item["start_positions"], item["end_positions"]) == (0, 0)
