"""Sides of a comparable corpus, and the pairs between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.bitext import first_with_text, read_partners, read_sentences

QUERIES = {"de-1": "Hund", "de-2": "Katze", "de-3": "Maus"}
CANDIDATES = {"en-1": "cat", "en-2": "dog"}
TEXT = st.text(
    st.characters(exclude_characters="\n\t\r\ufeff", exclude_categories=["Cs"]), max_size=9
)


def test_ids_and_texts_in_order(tmp_path) -> None:
    """Line ends of Windows and space at the edges are no part of a sentence."""
    path = tmp_path / "side"
    path.write_bytes(b"de-2\t Die Katze \r\nde-1\tDer Hund\r\n")
    assert list(read_sentences(path).items()) == [("de-2", "Die Katze"), ("de-1", "Der Hund")]


def test_only_the_second_column_is_the_sentence(tmp_path) -> None:
    """As `cut -f2` has it; it may be empty, and U+2028 ends no line."""
    path = tmp_path / "side"
    path.write_text("1\ta\u2028b\tc\n2\t\n", encoding="utf-8")
    assert read_sentences(path) == {"1": "a\u2028b", "2": ""}


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ("1\ta\n\n2\tb\n", 2, "a blank line"),
        ("1\ta\n2\tb\n\n", 3, "a blank line"),
        ("1\ta\n2 b\n", 2, "1 column \\('2 b'\\)"),
        ("\ta\n", 1, "2 columns"),
        ("1\ta\n2\tb\n1\ta\n", 3, "id '1' a second time"),
    ],
)
def test_a_bad_line_of_sentences_is_named(tmp_path, content, line, found) -> None:
    """With its file, its number and what stands there."""
    path = tmp_path / "zh-en.test.en"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        DataError, match=f"zh-en.test.en, line {line}: found {found}.*, expected an"
    ):
        read_sentences(path)


def test_every_query_has_gold(tmp_path) -> None:
    """An empty tuple where it has no partner; a pair counts once, and blank lines not at all."""
    path = tmp_path / "gold"
    path.write_bytes(b"de-3\ten-1\r\n\r\nde-1\ten-2\r\nde-3\ten-1\r\nde-3\ten-2\r\n\r\n")
    assert read_partners(path, QUERIES, CANDIDATES) == {
        "de-1": ("en-2",),
        "de-2": (),
        "de-3": ("en-1", "en-2"),
    }


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ("de-1", "1 column"),
        ("de-1\ten-1\t0.9", "3 columns"),
        ("de-1\t", "1 column|2 columns"),
        ("en-1\tde-1", "id 'en-1', expected one of the 3 sentences' ids, such as 'de-1'"),
        ("de-4\ten-1", "id 'de-4', expected one of the 3"),
        ("de-1\ten-3", "id 'en-3', expected one of the 2 sentences' ids, such as 'en-1'"),
    ],
)
def test_a_bad_pair_is_named(tmp_path, bad, found) -> None:
    """Both ids must be of sentences that there are."""
    path = tmp_path / "test-de.tsv"
    path.write_text(f"de-2\ten-2\n{bad}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"test-de.tsv, line 2: found ({found})"):
        read_partners(path, QUERIES, CANDIDATES)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12))
def test_twins_name_the_first_of_them(texts) -> None:
    """Only texts that stand there several times have an entry, the first one itself included."""
    sentences = {str(row): text for row, text in enumerate(texts)}
    expected = {
        str(row): str(texts.index(text)) for row, text in enumerate(texts) if texts.count(text) > 1
    }
    assert first_with_text(sentences) == expected


@given(st.dictionaries(TEXT.filter(str.strip).map(str.strip), TEXT.map(str.strip), max_size=8))
def test_what_is_written_is_read(tmp_path_factory, sentences) -> None:
    """Whatever characters ids and texts are made of."""
    path = tmp_path_factory.mktemp("sides") / "side"
    path.write_bytes("".join(f"{key}\t{text}\n" for key, text in sentences.items()).encode())
    assert list(read_sentences(path).items()) == list(sentences.items())
