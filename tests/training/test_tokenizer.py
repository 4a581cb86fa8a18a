"""The trained tokenizer has XLM-R's form."""

from __future__ import annotations

from pathlib import Path

from transformers import AutoTokenizer

from training.tokenizer import save_tokenizer, train_tokenizer

WORDS = ["▁Anna", "▁liest", "▁ein", "▁Buch", "▁читает", "看", "书", ".", "▁Buch"] * 3


def test_special_tokens_have_their_numbers() -> None:
    """As in fairseq, and the mask comes last."""
    tokenizer = train_tokenizer(WORDS, 100)
    ids = [tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    assert ids == [0, 1, 2, 3]
    assert tokenizer.token_to_id("<mask>") == tokenizer.get_vocab_size() - 1


def test_pairs_are_separated_twice() -> None:
    """XLM-R's template: <s> A </s></s> B </s>."""
    tokens = train_tokenizer(WORDS, 100).encode("Anna", "Buch").tokens
    assert tokens == ["<s>", "▁Anna", "</s>", "</s>", "▁Buch", "</s>"]


def test_a_frequent_word_is_one_piece_and_a_strange_letter_is_unknown() -> None:
    """Pieces are words first, letters last."""
    encoding = train_tokenizer(WORDS, 100).encode("Buch 看书 Ω")
    assert encoding.tokens[1:-2] == ["▁Buch", "▁", "看", "书", "▁"]
    assert encoding.ids[-2] == 3  # <unk>, whatever text it stands for


def test_equal_words_make_equal_tokenizers() -> None:
    """Whatever their order."""
    assert train_tokenizer(WORDS, 60).to_str() == train_tokenizer(WORDS[::-1], 60).to_str()


def test_transformers_loads_the_folder(tmp_path: Path) -> None:
    """It becomes XLM-R's fast tokenizer and gives the same numbers."""
    tokenizer = train_tokenizer(WORDS, 100)
    save_tokenizer(tokenizer, tmp_path, 64)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert type(loaded).__name__ == "XLMRobertaTokenizerFast"
    assert (
        loaded("Anna liest", "ein Buch").input_ids == tokenizer.encode("Anna liest", "ein Buch").ids
    )
    assert loaded.model_max_length == 64
