"""A trimmed vocabulary splits its corpus as the whole one does, token by token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from device_agent import tasks
from device_agent.contract.samples import Input, PairInput, SentenceInput, TokensInput
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.heads.sequence_classification import SequenceClassification
from device_agent.tasks.heads.token_classification import TokenClassification
from device_agent.tasks.protocol import Head, Row
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.opening import open_checkpoint
from export.probe_texts import TEXTS
from export.vocabulary import pieces
from export.vocabulary.corpus import Corpus, Portion
from export.vocabulary.trimming import trim


def corpus_of(*texts: str | Input, head: Head | None = None) -> Corpus:
    """Return sentences or other inputs as a corpus."""

    def read() -> Iterator[Portion]:
        inputs = [
            SentenceInput(role="query", text=text) if isinstance(text, str) else text
            for text in texts
        ]
        yield Portion("texts", "xx", head or SentenceRetrieval(), inputs)

    return read


def ids(tokenizer: Tokenizer, text: str) -> list[int]:
    return list(tokenizer.encode(text, add_special_tokens=False).ids)


@pytest.fixture(scope="module")
def unigram(make_checkpoint: Callable[..., Path]) -> Checkpoint:
    return open_checkpoint(make_checkpoint("xlm-roberta", "sentence-embedding"))


@pytest.fixture(scope="module")
def word_piece(make_checkpoint: Callable[..., Path]) -> Checkpoint:
    return open_checkpoint(make_checkpoint("bert", "sentence-embedding"))


def with_tokenizer(checkpoint: Checkpoint, tokenizer: Tokenizer, folder: Path) -> Checkpoint:
    """Return the checkpoint with another tokenizer; its config names no ids but the pad's."""
    tokenizer.save(str(folder / "tokenizer.json"))
    others = [key for key in checkpoint.config if key.endswith("_token_id")]
    config = {**checkpoint.config, **dict.fromkeys(others), "pad_token_id": 0}
    return replace(checkpoint, folder=folder, tokenizer=tokenizer, config=config)


LINES = [text for texts in TEXTS.values() for text in texts]
WORDS = sorted({word for line in LINES for word in line.split()})
LETTERS = sorted({letter for line in LINES for letter in line})

sentences = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.text(st.sampled_from(LETTERS), min_size=1, max_size=12),
        st.text(min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize("kind", ["unigram", "word_piece"])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(sentences, min_size=1, max_size=5))
def test_any_corpus_is_split_as_before(
    request: pytest.FixtureRequest, kind: str, texts: Sequence[str]
) -> None:
    """Token by token, whatever the texts are; words that nobody knows included."""
    whole: Checkpoint = request.getfixturevalue(kind)
    trimmed = trim(whole, corpus_of(*texts))
    for text in texts:
        new = ids(trimmed.tokenizer, text)
        assert trimmed.kept[new].tolist() == ids(whole.tokenizer, text)


def test_a_word_that_is_given_up_stays_given_up(word_piece: Checkpoint, tmp_path: Path) -> None:
    """WordPiece got stuck behind `xyz`; without that piece `xy` would have led on."""
    vocabulary = {token: id_ for id_, token in enumerate(["[UNK]", "a", "xy", "xyz", "##zq"])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    whole = with_tokenizer(word_piece, tokenizer, tmp_path)
    texts = ("xyzq", "xy azq xy")
    assert ids(tokenizer, texts[0]) == [0]
    trimmed = trim(whole, corpus_of(*texts, "xyzq"))
    assert ids(trimmed.tokenizer, "xyzq") == [0]
    assert 3 in trimmed.kept


def test_an_unknown_character_costs_as_much_as_before(
    word_piece: Checkpoint, tmp_path: Path
) -> None:
    """Unigram's penalty hangs on the least score, which a piece that no text has may hold."""
    scores = [
        ("<unk>", 0.0),
        ("bcd", -1.0),
        ("#b", -60.0),
        ("cd", -50.0),
        ("never", -100.0),
    ]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=False))
    whole = with_tokenizer(word_piece, tokenizer, tmp_path)
    assert ids(tokenizer, "#bcd") == [2, 3]
    trimmed = trim(whole, corpus_of("#bcd", "bcd"))
    assert trimmed.kept[ids(trimmed.tokenizer, "#bcd")].tolist() == [2, 3]


def test_pieces_of_bytes_stay(word_piece: Checkpoint, tmp_path: Path) -> None:
    """An unknown character falls back to its bytes only where all 256 are there."""
    scores = [("<unk>", 0.0), ("a", -1.0), ("b", -1.0)]
    scores += [(f"<0x{byte:02X}>", -9.0) for byte in range(256)]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=True))
    trimmed = trim(with_tokenizer(word_piece, tokenizer, tmp_path), corpus_of("a"))
    assert len(trimmed.kept) == 258
    other = ids(trimmed.tokenizer, "aé")
    assert trimmed.kept[other].tolist() == ids(tokenizer, "aé") == [1, 3 + 0xC3, 3 + 0xA9]


def test_a_row_that_is_split_otherwise_is_an_error(
    word_piece: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof finds what the rule for keeping pieces would have missed."""
    monkeypatch.setattr(pieces.Pieces, "always", lambda _: set())
    scores = [("<unk>", 0.0), ("bcd", -1.0), ("#b", -60.0), ("cd", -50.0), ("never", -100.0)]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=False))
    with pytest.raises(ExportError, match="input 1 is split in another way .*#bcd"):
        trim(with_tokenizer(word_piece, tokenizer, tmp_path), corpus_of("#bcd", "bcd"))


def test_what_lies_behind_the_cut_is_kept_too(word_piece: Checkpoint) -> None:
    """A pair is cut by the lengths of both whole texts, so these must not change."""
    long = " ".join(LINES[:20])
    pair = PairInput(first=long, second=LINES[30])
    trimmed = trim(word_piece, corpus_of(pair, head=SequenceClassification(max_tokens=16)))
    assert trimmed.kept[ids(trimmed.tokenizer, long)].tolist() == ids(word_piece.tokenizer, long)


def test_words_are_encoded_as_a_tagger_does(unigram: Checkpoint) -> None:
    """Also those that no piece fits, and sentences of several parts."""
    words = TokensInput(tokens=("🜚", "ßß", *WORDS[:60]))
    trimmed = trim(unigram, corpus_of(words, head=TokenClassification(max_tokens=24)))
    assert trimmed.record.inputs == 1
    assert trimmed.record.rows > 3


def test_special_tokens_keep_their_places(unigram: Checkpoint) -> None:
    """XLM-R computes positions from the pad's id; the mask stays the last but gets a new id."""
    trimmed = trim(unigram, corpus_of(LINES[0]))
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    assert [trimmed.tokenizer.token_to_id(token) for token in specials] == [0, 1, 2, 3]
    assert trimmed.tokenizer.token_to_id("<mask>") is not None
    assert trimmed.checkpoint(unigram).config["pad_token_id"] == 1
    assert trimmed.checkpoint(unigram).config["vocab_size"] == len(trimmed.kept)
    assert trimmed.checkpoint(unigram).digest == unigram.digest


def test_special_tokens_in_the_middle_move(word_piece: Checkpoint, tmp_path: Path) -> None:
    """In template, added tokens and padding, as mBERT's stand at 100 and more."""
    tokens = ["[PAD]", *(f"unused{n}" for n in range(9)), "[UNK]", "[CLS]", "[SEP]", "a", "b"]
    vocabulary = {token: id_ for id_, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 12), ("[CLS]", 11))
    trimmed = trim(with_tokenizer(word_piece, tokenizer, tmp_path), corpus_of("a"))
    assert trimmed.kept.tolist() == [0, 10, 11, 12, 13]
    assert trimmed.tokenizer.encode("a b").ids == [2, 4, 1, 3]


def test_other_text_in_the_same_script_becomes_more_tokens(unigram: Checkpoint) -> None:
    """Characters of what is kept are kept as pieces of their own."""
    trimmed = trim(unigram, corpus_of(*TEXTS["de"]))
    unknown = trimmed.tokenizer.token_to_id("<unk>")
    letters = sorted({*TEXTS["de"][0], *TEXTS["de"][1]} - {" "})
    assert unknown not in ids(trimmed.tokenizer, "".join(letters))
    assert unknown in ids(trimmed.tokenizer, TEXTS["th"][0])


def test_rows_are_translated_both_ways(unigram: Checkpoint) -> None:
    """A row of a token that is gone is refused."""
    trimmed = trim(unigram, corpus_of(LINES[0]))
    types = np.zeros((1, 3), dtype=np.int64)
    row = Row(np.array([[0, 1, 2]], dtype=np.int64), types)
    assert trimmed.renumbered(trimmed.original(row)).input_ids.tolist() == [[0, 1, 2]]
    gone = next(id_ for id_ in range(600) if id_ not in trimmed.kept)
    with pytest.raises(ExportError, match=f"token {gone}, which the trimmed vocabulary"):
        trimmed.renumbered(replace(row, input_ids=np.array([[0, gone, 2]], dtype=np.int64)))


def test_byte_pair_encoding_is_refused(word_piece: Checkpoint, tmp_path: Path) -> None:
    """Its result does not show through which pieces it went."""
    tokenizer = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2}, [("a", "b")]))
    with pytest.raises(ExportError, match="is a BPE model, whose vocabulary cannot be trimmed"):
        trim(with_tokenizer(word_piece, tokenizer, tmp_path), corpus_of("ab"))


def test_mberts_real_vocabulary_shrinks_to_the_data(
    data_dir: Path, make_checkpoint: Callable[..., Path]
) -> None:
    """Real XNLI in three scripts, from a bare `vocab.txt`: proved row by row."""
    folder = make_checkpoint("bert", "sentence-embedding", vocab_size=119_547, hidden_size=4)
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False})
    )
    source = data_dir / "tokenizers/bert-base-multilingual-cased/vocab.txt"
    (folder / "vocab.txt").write_bytes(source.read_bytes())
    whole = open_checkpoint(folder)
    xnli = tasks.get("xnli")
    samples = [
        sample
        for language in ("de", "th", "zh")
        for sample in xnli.read(data_dir / "xtreme_r_sample", language)
    ]
    trimmed = trim(whole, corpus_of(*(sample.input for sample in samples), head=xnli.head))
    assert trimmed.record.of == 119_547
    assert 100 < trimmed.record.kept < 8_000
    assert trimmed.record.rows == len(samples)
    cls = trimmed.tokenizer.token_to_id("[CLS]")
    assert trimmed.kept[cls] == whole.tokenizer.token_to_id("[CLS]") == 101
