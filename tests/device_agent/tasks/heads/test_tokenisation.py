"""Pairs and single texts, cut as transformers' fast tokenizers cut them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from device_agent.contract.errors import ContractError
from device_agent.tasks.heads.tokenisation import (
    longest_first,
    one_text,
    to_row,
    two_texts,
    unknown_token,
)

SCRIPTS = ("th", "zh", "ar", "ja", "hi")


@pytest.mark.parametrize("language", SCRIPTS)
@pytest.mark.parametrize("max_tokens", [128, 16, 9])
def test_pairs_equal_transformers(tokenizers, real_text, language, max_tokens) -> None:
    """Ids and type ids of real pairs are transformers' own, cut or not, whichever is longer."""
    cut = 0
    for first, second in pairwise(real_text.sentences[language][:120]):
        expected = tokenizers.fast(
            first,
            second,
            truncation="longest_first",
            max_length=max_tokens,
            return_token_type_ids=True,
        )
        row = to_row(two_texts(tokenizers.plain, first, second, max_tokens))
        assert row.input_ids.tolist() == [expected["input_ids"]]
        assert row.token_type_ids.tolist() == [expected["token_type_ids"]]
        cut += len(expected["input_ids"]) == max_tokens
    assert cut or max_tokens == 128


@pytest.mark.parametrize("language", SCRIPTS)
def test_single_texts_equal_transformers(tokenizers, real_text, language) -> None:
    """The same for one text, with a limit that some keep and some do not."""
    for text in real_text.sentences[language][:120]:
        expected = tokenizers.fast(text, truncation=True, max_length=12)
        row = to_row(one_text(tokenizers.plain, text, 12))
        assert row.input_ids.tolist() == [expected["input_ids"]]


def test_rows_are_int64_at_batch_1(tokenizers) -> None:
    """Arrays have the type and the axes that runtimes take."""
    row = to_row(two_texts(tokenizers.plain, "eins", "zwei", 128))
    assert row.input_ids.dtype == row.token_type_ids.dtype == np.int64
    assert row.input_ids.shape == row.token_type_ids.shape
    assert row.input_ids.shape[0] == 1


def test_what_the_file_carries_of_its_training_does_not_count(mbert, tmp_path) -> None:
    """Padding and truncation saved in tokenizer.json change no row."""
    saved = Tokenizer.from_str(mbert.plain.to_str())
    saved.enable_truncation(5)
    saved.enable_padding(length=40)
    saved.save(str(tmp_path / "tokenizer.json"))
    loaded = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    first, second = "Der Hund schläft im Garten.", "Die Katze auch."
    expected = two_texts(mbert.plain, first, second, 128).ids
    assert two_texts(loaded, first, second, 128).ids == expected


def test_one_tokenizer_serves_limits_of_all_sizes(mbert) -> None:
    """A short row before does not shorten a long one after."""
    text = "Der Hund schläft im Garten. " * 10
    before = one_text(mbert.plain, text, 512).ids
    one_text(mbert.plain, text, 8)
    assert one_text(mbert.plain, text, 512).ids == before


@given(st.integers(0, 300), st.integers(0, 300), st.integers(2, 200))
def test_longest_first_fills_the_room_from_the_longer_text(first, second, room) -> None:
    """No room is wasted, no text grows, and the shorter is only cut to the length of the longer."""
    kept = longest_first(first, second, room)
    assert sum(kept) == min(first + second, room)
    assert kept[0] <= first
    assert kept[1] <= second
    for mine, length, other in ((kept[0], first, kept[1]), (kept[1], second, kept[0])):
        assert mine == length or mine >= other - 1


def test_the_unknown_token_is_found_in_both_families(mbert, xlmr) -> None:
    """WordPiece names it in its model, Unigram does not and has <unk>."""
    assert unknown_token(mbert.plain) == "[UNK]"
    assert unknown_token(xlmr.plain) == "<unk>"


def test_a_tokenizer_without_unknown_token_is_refused() -> None:
    """The error says what to export instead."""
    with pytest.raises(ContractError, match="no unknown token") as caught:
        unknown_token(Tokenizer(models.WordLevel({"Haus": 0}, unk_token="<none>")))
    assert "<unk>" in caught.value.remedy
