"""Tags and sentences."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.tags import compare_tags
from tests.host.scoring.conftest import Content, RunCompare

CLASSES = ("NOUN", "VERB", "X")
GOLD = "NOUN\nVERB\n\nX\n"
WANTED = {"1": ("NOUN", "VERB"), "2": ("X",)}


@pytest.mark.parametrize(
    "predictions",
    [
        GOLD,
        "NOUN\nVERB\n\nX",
        "NOUN\r\nVERB\r\n\r\nX\r\n\r\n",
        b"\xef\xbb\xbfNOUN\nVERB\n\n\n \nX\n\n\n",
        "\nNOUN \nVERB\n\nX\n",
    ],
    ids=["as it should be", "no end", "CRLF", "BOM and blank lines", "blank head"],
)
def test_blank_lines_part_sentences_however_many_there_are(
    compare: RunCompare, predictions: Content
) -> None:
    """All of these say the same, in the labels too."""
    assert compare(compare_tags, predictions, GOLD, CLASSES).predictions == WANTED
    assert compare(compare_tags, GOLD, predictions, CLASSES).gold == WANTED


def test_another_number_of_sentences_gives_both(compare: RunCompare) -> None:
    """A blank line is missing."""
    with pytest.raises(DataError, match="found 1 sentences, expected 2"):
        compare(compare_tags, "NOUN\nVERB\nX\n", GOLD, CLASSES)


def test_another_number_of_tags_names_the_sentence(compare: RunCompare) -> None:
    """A tag is missing: the official script would shift all that follow."""
    with pytest.raises(DataError, match="sentence 1: found 1 tags, expected 2"):
        compare(compare_tags, "NOUN\n\nX\n", GOLD, CLASSES)


def test_words_beside_the_tags_are_refused(compare: RunCompare) -> None:
    """`word<TAB>tag` is the form of the inputs."""
    with pytest.raises(DataError, match="line 1: found 2 columns .*expected one value"):
        compare(compare_tags, "Haus\tNOUN\n", GOLD, CLASSES)


def test_words_in_place_of_the_labels_are_refused(compare: RunCompare) -> None:
    """A test split's inputs have the same name and one word a line."""
    with pytest.raises(DataError, match="found 2 of 3 lines that are no tag, first 'Das'"):
        compare(compare_tags, GOLD, "Das\nHaus\n\nX\n", CLASSES)


def test_a_predicted_tag_may_be_any(compare: RunCompare) -> None:
    """Scores of unknown tags are the metric's business."""
    assert compare(compare_tags, "Q\nQ\n\nQ\n", GOLD, CLASSES).predictions["2"] == ("Q",)
