"""One row, one label."""

from __future__ import annotations

import numpy as np
import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.samples import PairInput
from device_agent.tasks.heads.sequence_classification import SequenceClassification

LABELS = ("contradiction", "entailment", "neutral")
PAIR = PairInput(first="Es regnet. " * 60, second="Die Straße ist nass. " * 60)


def test_a_long_pair_is_cut_to_128_tokens(tokenizers) -> None:
    """The limit counts special tokens, and the row equals transformers' own."""
    (row,) = SequenceClassification().encode(tokenizers.plain, PAIR)
    expected = tokenizers.fast(PAIR.first, PAIR.second, truncation=True, max_length=128)
    assert row.input_ids.shape == (1, 128)
    assert row.input_ids.tolist() == [expected["input_ids"]]


def test_the_highest_logit_names_the_label() -> None:
    """Logits [1, classes] become a label string."""
    outputs = [{"logits": np.array([[0.1, 2.0, -1.0]], dtype=np.float32)}]
    assert SequenceClassification().decode(PAIR, [], outputs, LABELS) == "entailment"


def test_another_number_of_classes_is_an_error() -> None:
    """A model with two logits cannot have three labels."""
    outputs = [{"logits": np.zeros((1, 2), dtype=np.float32)}]
    with pytest.raises(ContractError, match="2 logits") as caught:
        SequenceClassification().decode(PAIR, [], outputs, LABELS)
    assert "host export" in caught.value.remedy
