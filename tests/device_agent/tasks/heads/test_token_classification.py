"""Every word gets one tag, from its first subword, however long the sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from device_agent.contract.errors import ContractError
from device_agent.contract.samples import TokensInput
from device_agent.tasks.heads.token_classification import TokenClassification, WordStarts

HEAD = TokenClassification()


def tag_by_position(rows) -> list[dict[str, np.ndarray]]:
    """Logits whose best class at each position is the token id's own number."""
    return [{"logits": np.eye(7, dtype=np.float32)[row.input_ids[0] % 7][None]} for row in rows]


@pytest.mark.parametrize("language", ["th", "zh", "ar", "ja", "hi"])
def test_alignment_equals_transformers(tokenizers, sample_root, language) -> None:
    """Ids, and the position of each word's first subword, are those of pre-split input there."""
    text = (sample_root / "udpos" / f"test-{language}.tsv").read_text(encoding="utf-8")
    sentences = [block.split("\n") for block in text.strip("\n").split("\n\n")][:60]
    compared = 0
    for words in sentences:
        rows = HEAD.encode(tokenizers.plain, TokensInput(tokens=tuple(words)))
        expected = tokenizers.fast(words, is_split_into_words=True)
        ids = expected.word_ids()
        if len(rows) > 1 or set(ids) - {None} != set(range(len(words))):
            continue
        compared += 1
        assert rows[0].input_ids.tolist() == [expected["input_ids"]]
        first = tuple(ids.index(word) for word in range(len(words)))
        assert rows[0].context == WordStarts(0, first)
    assert compared > 30


def test_a_long_sentence_is_split_between_words_and_joined_again(tokenizers) -> None:
    """Parts keep to the limit, are filled as far as whole words go, and cover every word once."""
    words = tuple(f"Wort{number}" for number in range(150))
    rows = HEAD.encode(tokenizers.plain, TokensInput(tokens=words))
    assert len(rows) > 1
    first = 0
    for row in rows:
        part = words[first : first + len(row.context.positions)]
        assert row.context.first_word == first
        assert row.input_ids.shape[1] <= 128
        expected = tokenizers.fast(list(part), is_split_into_words=True)["input_ids"]
        assert row.input_ids.tolist() == [expected]
        first += len(part)
        if first < len(words):
            longer = tokenizers.fast([*part, words[first]], is_split_into_words=True)["input_ids"]
            assert len(longer) > 128
    assert first == len(words)


def test_tags_of_all_parts_come_back_in_order(tokenizers) -> None:
    """A tag is read at the word's first subword, part after part."""
    words = tuple(f"Wort{number}" for number in range(150))
    rows = HEAD.encode(tokenizers.plain, TokensInput(tokens=words))
    labels = tuple("ABCDEFG")
    tags = HEAD.decode(TokensInput(tokens=words), rows, tag_by_position(rows), labels)
    expected = [
        labels[row.input_ids[0, position] % 7] for row in rows for position in row.context.positions
    ]
    assert list(tags) == expected
    assert len(tags) == len(words)


@pytest.mark.parametrize("odd", ["\u200d", "\u00ad", ""])
def test_a_word_without_subwords_stands_as_the_unknown_token(mbert, odd) -> None:
    """It gets a tag of its own, as XTREME's preprocessing has it."""
    words = ("Haus", odd, "Hof")
    (row,) = HEAD.encode(mbert.plain, TokensInput(tokens=words))
    expected = mbert.fast(["Haus", "[UNK]", "Hof"], is_split_into_words=True)["input_ids"]
    assert row.input_ids.tolist() == [expected]
    assert len(row.context.positions) == 3


def test_a_word_too_long_for_any_row_stands_as_the_unknown_token(xlmr) -> None:
    """One monster of a word does not push its neighbours out."""
    (row,) = HEAD.encode(xlmr.plain, TokensInput(tokens=("Haus", "เ中ي" * 200, "Hof")))
    expected = xlmr.fast(["Haus", "<unk>", "Hof"], is_split_into_words=True)["input_ids"]
    assert row.input_ids.tolist() == [expected]


def test_a_dropped_word_without_unknown_token_is_an_error() -> None:
    """There is nothing that could stand for it."""
    plain = Tokenizer(models.WordLevel({"Haus": 0, "<s>": 1}, unk_token="<none>"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    plain.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)]
    )
    with pytest.raises(ContractError, match="unknown token"):
        HEAD.encode(plain, TokensInput(tokens=("Haus", " ")))


def test_another_number_of_classes_is_an_error(mbert) -> None:
    """Seven logits cannot be three labels."""
    words = TokensInput(tokens=("Haus",))
    rows = HEAD.encode(mbert.plain, words)
    with pytest.raises(ContractError, match="7 logits"):
        HEAD.decode(words, rows, tag_by_position(rows), ("A", "B", "C"))


@pytest.fixture(scope="module")
def letters() -> Tokenizer:
    """A tokenizer with a token a letter, that drops white space: small enough to try much."""
    plain = Tokenizer(
        models.WordPiece({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##a": 4}, unk_token="[UNK]")
    )
    plain.add_special_tokens(["[UNK]"])
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    plain.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return plain


@given(words=st.lists(st.sampled_from(["a", "aaa", "a" * 8, "a" * 9, "", " ", "?"]), min_size=1))
def test_every_word_gets_exactly_one_tag_within_the_limit(letters, words) -> None:
    """Whatever the words and wherever the parts end."""
    head = TokenClassification(max_tokens=10)
    sample_input = TokensInput(tokens=tuple(words))
    rows = head.encode(letters, sample_input)
    assert all(row.input_ids.shape[1] <= 10 for row in rows)
    tags = head.decode(sample_input, rows, tag_by_position(rows), tuple("ABCDEFG"))
    assert len(tags) == len(words)
