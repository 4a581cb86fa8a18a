"""One word a line, blank lines between sentences."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, TokensInput
from device_agent.tasks.reading.tagged import read_tagged

CLASSES = ("ADJ", "ADV", "B-LOC", "DET", "INTJ", "NOUN", "O", "PRON", "VERB", "X")


@pytest.fixture
def read(tmp_path):
    """Write inputs and, if given, tags; read them as a test split, or as one with gold."""

    def write_and_read(inputs: str, tags: str | None = None, *, test: bool = True):
        (tmp_path / "x.tsv").write_bytes(inputs.encode())
        gold = tmp_path / "gold.tsv"
        if tags is not None:
            gold.write_bytes(tags.encode())
        return read_tagged(tmp_path / "x.tsv", gold if test else None, "de", CLASSES)

    return write_and_read


def test_gold_comes_from_the_labels_file(read) -> None:
    """Sentences and words pair up with their tags."""
    assert read("Das\nHaus\n\nJa\n", "DET\nNOUN\n\nINTJ\n") == [
        Sample(id="de-0", input=TokensInput(tokens=("Das", "Haus")), gold=("DET", "NOUN")),
        Sample(id="de-1", input=TokensInput(tokens=("Ja",)), gold=("INTJ",)),
    ]


def test_the_second_column_is_gold(read) -> None:
    """In dev and train, and in a test file that has it and no labels file."""
    assert [s.gold for s in read("Das\tDET\nHaus\tNOUN\n", test=False)] == [("DET", "NOUN")]
    assert [s.gold for s in read("Das\tDET\nHaus\tNOUN\n")] == [("DET", "NOUN")]


def test_without_any_tags_there_is_no_gold(read) -> None:
    """Nor where a word of the sentence has none."""
    assert [s.gold for s in read("Das\nHaus\n\nJa\tINTJ\n\nDas\tDET\nHaus\n")] == [
        None,
        ("INTJ",),
        None,
    ]


@pytest.mark.parametrize("text", ["\nA\n\n\n\nB\n\n\n", "A\n\nB", "A\r\n\r\nB\r\n"])
def test_blank_lines_only_separate(read, text) -> None:
    """However many, at the start and at the end too."""
    assert [sample.input.tokens for sample in read(text)] == [("A",), ("B",)]


def test_a_word_of_white_space_is_a_word(read) -> None:
    """It has a line and a tag of its own; only an empty line ends a sentence."""
    (sample,) = read("A\n\u00a0\nB\n", "X\nX\nX\n")
    assert sample.input.tokens == ("A", "\u00a0", "B")


def test_the_languages_prefix_goes_where_every_word_has_it(read) -> None:
    """PANX as first published; a word that merely begins so keeps it."""
    assert [s.input.tokens for s in read("de:Haus\nde::\n\nde:de:x\n")] == [
        ("Haus", ":"),
        ("de:x",),
    ]
    assert [s.input.tokens for s in read("de:Haus\nHof\n")] == [("de:Haus", "Hof")]
    assert [s.input.tokens for s in read("fr:maison\n")] == [("fr:maison",)]


@pytest.mark.parametrize(
    ("inputs", "test", "message"),
    [
        ("A\tX\tY\n", True, "line 1: found 3 columns .* expected 1 or 2"),
        ("A\tX\nB\n", False, "line 2: found 1 column .* expected 2"),
        ("A\t\n", False, "line 1: found no tag behind 'A', expected a tag"),
    ],
)
def test_a_bad_line_is_named(read, inputs, test, message) -> None:
    """File, line, found and expected are in the message."""
    with pytest.raises(DataError, match=f"x.tsv, {message}"):
        read(inputs, test=test)


def test_tags_for_other_sentences_are_refused(read) -> None:
    """A missing sentence cannot shift the others."""
    with pytest.raises(DataError, match="gold.tsv: found 1 sentences, expected 2"):
        read("A\n\nB\n", "X\n")


def test_tags_for_other_words_are_refused(read) -> None:
    """The sentence is named."""
    with pytest.raises(DataError, match="gold.tsv, sentence 2: found 1 tags, expected 2"):
        read("A\n\nB\nC\n", "X\n\nX\n")


def test_the_labels_file_has_one_column(read) -> None:
    """Words beside the tags would be taken for tags."""
    with pytest.raises(DataError, match="gold.tsv, line 1: found 2 columns"):
        read("A\n", "A\tX\n")


def test_a_line_of_spaces_ends_a_sentence(read) -> None:
    """In inputs and in gold alike: it is no word and no tag."""
    found = read("it\n \nstands\n", "PRON\n\t\nVERB\n")
    assert [sample.gold for sample in found] == [("PRON",), ("VERB",)]


def test_words_in_place_of_tags_are_refused(read) -> None:
    """A copy of the inputs has as many lines as the labels would."""
    with pytest.raises(DataError, match=r"gold\.tsv: 2 of 2 are no tags, the first is 'Das'"):
        read("Das\nHaus\n", "Das\nHaus\n")


def test_a_tag_of_white_space_is_refused(read) -> None:
    """A no-break space may be a word, but is no tag."""
    with pytest.raises(DataError, match="holds no tag"):
        read("a\nb\n", "X\n\u00a0\n")
