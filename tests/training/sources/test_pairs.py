"""Records of inference and paraphrase become pairs with the benchmark's classes."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import PairInput
from training.sources.pairs import INFERENCE, PARAPHRASE
from training.sources.rows import Row


@pytest.mark.parametrize(
    ("published", "ours"),
    [("e", "entailment"), ("contradictory", "contradiction"), ("neutral", "neutral")],
)
def test_every_publishers_class_is_understood(published: str, ours: str) -> None:
    """ANLI has letters, XNLI-MT a word of its own."""
    example = INFERENCE(Row("r", {"context": "A", "hypothesis": "B", "label": published}))
    assert example is not None
    assert example.input == PairInput(first="A", second="B")
    assert example.target == ours


@pytest.mark.parametrize("label", ["-", -1, None])
def test_pairs_without_a_majority_are_left_out(label: object) -> None:
    """SNLI's files say `-`, the hub -1."""
    row = Row("r", {"sentence1": "A", "sentence2": "B", "gold_label": label})
    assert INFERENCE(row) is None


def test_a_class_of_another_task_is_refused() -> None:
    """Found against expected, and where."""
    row = Row("f, line 9", {"premise": "A", "hypothesis": "B", "label": "duplicate"})
    with pytest.raises(DataError, match="line 9: found gold_label 'duplicate', expected one of"):
        INFERENCE(row)


@pytest.mark.parametrize(("published", "ours"), [("1", "1"), (0, "0"), ("not_duplicate", "0")])
def test_paraphrases_have_the_classes_of_pawsx(published: object, ours: str) -> None:
    """Files have digits, the hub's QQP names."""
    example = PARAPHRASE(Row("r", {"question1": "A", "question2": "B", "label": published}))
    assert example is not None
    assert example.target == ours
