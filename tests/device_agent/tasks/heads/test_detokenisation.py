"""Tokens read back as the slow tokenizers of transformers read them."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from device_agent.tasks.heads.detokenisation import detokenise
from device_agent.tasks.heads.tokenisation import subwords


def read_back(tokenizer, text):
    return detokenise(tokenizer, subwords(tokenizer, text).ids).text


def word_piece(normaliser=None):
    vocabulary = {"[UNK]": 0, "play": 1, "##ing": 2, "now": 3, ".": 4}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if normaliser:
        tokenizer.normalizer = normaliser
    return tokenizer


def sentence_piece():
    pieces = [("<unk>", 0.0), ("▁play", -1.0), ("ing", -1.0), ("▁now", -1.0), ("▁", -2.0)]
    tokenizer = Tokenizer(models.Unigram([*pieces, (".", -2.0)], unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def test_word_pieces_are_joined_within_words_only() -> None:
    """Punctuation stays apart, an unknown word is the unknown token, a torn word keeps `##`."""
    tokenizer = word_piece()
    assert read_back(tokenizer, "playing now.") == "playing now ."
    assert read_back(tokenizer, "now other") == "now [UNK]"
    assert detokenise(tokenizer, [2, 3]).text == "##ing now"


def test_sentence_pieces_are_parted_where_they_say() -> None:
    """Punctuation stays at its word; an unknown piece is the unknown token, not its characters."""
    tokenizer = sentence_piece()
    assert read_back(tokenizer, "playing now.") == "playing now."
    assert read_back(tokenizer, "now 猫") == "now <unk>"
    assert detokenise(tokenizer, [2, 3]).text == "ing now"


def test_bytes_are_decoded() -> None:
    """A byte-level tokenizer's pieces are bytes in disguise."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({char: n for n, char in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    assert read_back(tokenizer, "猫 é") == "猫 é"


@pytest.mark.parametrize(
    ("normaliser", "uncased"),
    [
        (None, False),
        (normalizers.BertNormalizer(lowercase=False), False),
        (normalizers.BertNormalizer(lowercase=True), True),
        (normalizers.BertNormalizer(lowercase=True, strip_accents=False), True),
        (normalizers.NFKC(), False),
        (normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]), True),
    ],
)
def test_an_uncased_tokenizer_is_known_by_what_it_does(normaliser, uncased) -> None:
    """Whatever takes case away counts."""
    assert detokenise(word_piece(normaliser), [1]).lower_case is uncased


def test_only_word_pieces_are_cut_from_berts_words() -> None:
    """SentencePiece splits text its own way."""
    assert detokenise(word_piece(), [1]).words_are_berts
    assert not detokenise(sentence_piece(), [1]).words_are_berts


def test_real_tokens_read_back_as_transformers_reads_them(mbert, data_dir, real_text) -> None:
    """The slow tokenizer of mBERT says the same of any stretch of a real context."""
    from transformers import BertTokenizer

    vocabulary = data_dir / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt"
    slow = BertTokenizer(str(vocabulary), do_lower_case=False)
    for pairs in real_text.questions.values():
        encoding = subwords(mbert.plain, pairs[0][1])
        for start in range(0, len(encoding.ids) - 9, 7):
            ids = encoding.ids[start : start + 9]
            expected = slow.convert_tokens_to_string(slow.convert_ids_to_tokens(ids))
            assert detokenise(mbert.plain, ids).text == expected
