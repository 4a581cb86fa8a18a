"""Sentences with a context, and limits that differ between queries and candidates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from device_agent.contract.samples import SentenceInput
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import fit

HEAD = SentenceRetrieval(max_tokens=256, query_max_tokens=96)
LONG = "Das Haus am See ist alt. " * 100


def words() -> Tokenizer:
    """A token a word: `[CLS] A [SEP] B [SEP]`."""
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "a": 2, "b": 3}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[SEP]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
    )
    return tokenizer


@pytest.mark.parametrize(("first", "second"), [("Kurz.", LONG), (LONG, "Kurz."), (LONG, LONG)])
def test_a_context_is_the_second_of_a_pair(tokenizers, first, second) -> None:
    """Cut as transformers cuts it, types included, whichever of the two is too long."""
    sentence = SentenceInput(role="candidate", text=first, context=second)
    (row,) = HEAD.encode(tokenizers.plain, sentence)
    expected = tokenizers.fast(first, second, truncation=True, max_length=256)
    assert row.input_ids.tolist() == [expected["input_ids"]]
    assert row.input_ids.shape == row.token_type_ids.shape == (1, 256)
    if "token_type_ids" in expected:
        assert row.token_type_ids.tolist() == [expected["token_type_ids"]]


@pytest.mark.parametrize(
    ("limit", "query", "candidate"), [(512, 96, 256), (128, 96, 128), (64, 64, 64)]
)
def test_a_short_model_cuts_both(tokenizers, limit, query, candidate) -> None:
    """Each to its own limit, and neither beyond the position embeddings."""
    head = fit(HEAD, limit)
    for role, expected in (("query", query), ("candidate", candidate)):
        (row,) = head.encode(tokenizers.plain, SentenceInput(role=role, text=LONG))
        assert row.input_ids.shape == (1, expected)


def test_without_a_limit_of_their_own_queries_are_cut_like_candidates(tokenizers) -> None:
    """As Tatoeba's and Mewsli-X's are."""
    for role in ("query", "candidate"):
        (row,) = SentenceRetrieval(64).encode(tokenizers.plain, SentenceInput(role=role, text=LONG))
        assert row.input_ids.shape == (1, 64)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(5, 30))
def test_a_pair_keeps_what_fits(first, second, limit) -> None:
    """No row is too long, none is cut that need not be, and the shorter text is cut last."""
    sentence = SentenceInput(role="candidate", text="a " * first, context="b " * second)
    (row,) = SentenceRetrieval(limit).encode(words(), sentence)
    ids = row.input_ids[0].tolist()
    assert len(ids) == min(limit, first + second + 3)
    kept = {2: ids.count(2), 3: ids.count(3)}
    short, long = sorted([(first, kept[2]), (second, kept[3])])
    if long[1] < long[0] and short[1] < short[0]:
        assert abs(kept[2] - kept[3]) <= 1
    elif short[0] < long[0]:
        assert short[1] == short[0]
