"""The built-in probes give every head samples in every language."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from export import probes
from export.probe_texts import TEXTS, UNSPACED

HEADS: tuple[HeadName, ...] = (
    "sequence-classification",
    "multiple-choice",
    "token-classification",
    "question-answering",
    "sentence-embedding",
)


@pytest.mark.parametrize("head", HEADS)
def test_every_language_has_samples(
    head: HeadName, trained_tokenizers: dict[str, Tokenizer]
) -> None:
    """Parity is judged per language, so none may be empty."""
    samples = probes.samples(head, trained_tokenizers["roberta"], 128)
    assert set(samples) == set(TEXTS)
    assert all(rows for inputs in samples.values() for rows in inputs)


@pytest.mark.parametrize("head", HEADS)
def test_rows_fit_a_short_model(head: HeadName, trained_tokenizers: dict[str, Tokenizer]) -> None:
    """A model with few positions gets rows that it can take."""
    samples = probes.samples(head, trained_tokenizers["bert"], 24)
    rows = [row for inputs in samples.values() for sample in inputs for row in sample]
    assert max(row.input_ids.shape[1] for row in rows) <= 24


def test_scripts_without_spaces_are_joined() -> None:
    """Chinese, Japanese and Thai sentences reach the model as they are written."""
    inputs = probes._inputs("sentence-embedding", TEXTS["zh"], "")
    assert all(" " not in entry.text for entry in inputs)  # type: ignore[union-attr]
    assert {"ja", "th", "zh"} == UNSPACED
