"""Exports that trim to the same share the work, and others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import SentenceInput
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from export.opening import open_checkpoint
from export.vocabulary.corpus import Portion
from export.vocabulary.shared import SharedTrimming


class CountedCorpus:
    """One sentence, and how often it was read."""

    def __init__(self) -> None:
        self.reads = 0

    def __call__(self) -> Iterator[Portion]:
        self.reads += 1
        inputs = [SentenceInput(role="query", text="The house is old.")]
        yield Portion("files", "one", SentenceRetrieval(), inputs)


@pytest.fixture
def corpus() -> CountedCorpus:
    return CountedCorpus()


def test_the_corpus_is_read_once_for_checkpoints_of_one_tokenizer(
    xlmr: Callable[[HeadName], Path], corpus: CountedCorpus, tmp_path: Path
) -> None:
    """Twice, to find its tokens and to prove them, however many checkpoints there are."""
    found = [
        SharedTrimming(tmp_path, "corpus")(open_checkpoint(xlmr(head)), corpus)
        for head in ("sequence-classification", "question-answering", "sentence-embedding")
    ]
    assert corpus.reads == 2
    for other in found[1:]:
        assert np.array_equal(other.kept, found[0].kept)
        assert (other.text, other.record) == (found[0].text, found[0].record)
        assert other.tokenizer.to_str() == found[0].tokenizer.to_str()


@pytest.mark.parametrize("what", ["corpus", "length", "tokenizer"])
def test_what_would_come_to_something_else_is_trimmed_anew(
    xlmr: Callable[[HeadName], Path],
    make_checkpoint: Callable[..., Path],
    corpus: CountedCorpus,
    tmp_path: Path,
    what: str,
) -> None:
    """Another corpus, another longest input, another tokenizer."""
    folder = xlmr("sequence-classification")
    SharedTrimming(tmp_path, "corpus")(open_checkpoint(folder), corpus)
    key = "corpus"
    if what == "corpus":
        key = "another"
    elif what == "length":
        folder = make_checkpoint(
            "xlm-roberta", "sequence-classification", max_position_embeddings=66
        )
    else:
        folder = make_checkpoint("bert", "sequence-classification")
    SharedTrimming(tmp_path, key)(open_checkpoint(folder), corpus)
    assert corpus.reads == 4
