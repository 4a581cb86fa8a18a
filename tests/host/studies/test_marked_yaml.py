"""Tests of YAML with marks."""

from __future__ import annotations

import pytest

from host.studies.marked_yaml import MarkedYaml, parse
from host.studies.mistakes import Position


@pytest.mark.parametrize(
    "text", ["no", "on", "2024", "050", "1_000", "12:30:00", "2024-01-01", "1e3", "0x10", "TRUE"]
)
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    """The language `no` is not false, and no other plain scalar changes its spelling."""
    assert parse(f"key: {text}\n{text}: key\n".encode()).root == {"key": text, text: "key"}


@pytest.mark.parametrize("text", ["", " ", "~", "null", "# only a comment"])
def test_an_empty_value_is_none(text: str) -> None:
    """Nothing, a tilde and null mean that no value was given."""
    assert parse(f"key: {text}\n".encode()).root == {"key": None}


def test_values_and_keys_have_their_places() -> None:
    """Keys, values and list items are found at the line and column where they stand."""
    document = parse(b"a:\n  b: [x, y]\n")
    assert document.key(("a", "b")) == Position(2, 3)
    assert document.value(("a", "b")) == Position(2, 6)
    assert document.value(("a", "b", 1)) == Position(2, 10)


def test_a_place_that_is_not_there_is_the_nearest_around_it() -> None:
    """What is missing is shown where it would belong."""
    document = parse(b"a:\n  b: {}\n")
    assert document.key(("a", "b", "c", "d")) == Position(2, 3)
    assert document.value(("a", "b", "c")) == Position(2, 3)


def test_an_alias_has_the_anchors_value_and_place() -> None:
    """What is written once may be used twice, and is corrected where it is written."""
    document = parse(b"a: &here {x: 1}\nb: *here\n")
    assert document.root["b"] == {"x": "1"}
    assert document.value(("b", "x")) == Position(1, 14)


def test_a_merge_adds_what_the_mapping_does_not_have() -> None:
    """`<<` fills in keys, the mapping's own ones win, and the first of several anchors wins."""
    text = b"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n"
    document = parse(text)
    assert document.root["c"] == {"x": "3", "y": "1", "z": "2"}
    assert not document.mistakes


@pytest.mark.parametrize(
    ("text", "place", "fragment"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1), "the key 'a' stood already in line 1"),
        ("a: {x: 1, y: 2, x: 3}\n", (1, 17), "the key 'x' stood already in line 1"),
        ("a:\n\tb: 1\n", (2, 1), "indent with spaces, not with tabs"),
        ("a: 1\n b: 2\n", (2, 3), "needs quotes, and keys of one mapping the same indentation"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "the same indentation"),
        ("q: What: now?\n", (1, 8), "text that holds ': ' needs quotes"),
        ("a: 1\nquestion\nb: 2\n", (2, 1), "a key ends in a colon and a space"),
        ("a: [x, y\nb: 2\n", (2, 2), "in the '[' of line 1"),
        ("a: 'x\nb: 2\n", (1, 4), "unexpected end of stream"),
        ("a: @x\n", (1, 4), "put text that begins with this character in quotes"),
        ("a: *x\n", (1, 4), "put text that begins with '*' in quotes"),
        ("a: 1\n---\nb: 2\n", (2, 1), "leave only one study in the file"),
        ("a: &a [*a]\n", (1, 4), "an alias may not stand inside its own anchor"),
        ("a: &a {<<: *a}\n", (1, 4), "an alias may not stand inside its own anchor"),
        ("a: {<<: x}\n", (1, 9), "expected the alias of a mapping"),
        ("a: 1\n? [x]\n: 2\n", (2, 3), "expected text as a key"),
        ("a: !!python/name:os.system x\n", (1, 4), "has no meaning here"),
        ("a: !include x.yaml\n", (1, 4), "the tag '!include' has no meaning here"),
        ('a: "\\0"\n', (1, 4), "holds a character that is not text"),
        ('"\\ud800": 1\n', (1, 1), "holds a character that is not text"),
        ('a: "\\UFFFFFFFF"\n', (1, 1), "not YAML"),
        ("a: 1\nb: \x07\n", (2, 4), "the control character '\\x07'"),
        ("a: " + "[" * 5000, (1, 1), "nested too deeply"),
    ],
)
def test_what_yaml_lets_pass_or_refuses_is_one_mistake_in_its_place(
    text: str, place: tuple[int, int], fragment: str
) -> None:
    """A YAML mistake is shown where it was made, with what to do about it."""
    (mistake,) = parse(text.encode()).mistakes
    assert mistake.position == place
    assert fragment in mistake.message


def test_bytes_that_are_not_utf_8_are_shown_in_their_place() -> None:
    """The line and column of a foreign byte count characters, not bytes."""
    (mistake,) = parse("a: 1\nb: é".encode() + b"\xe9\n").mistakes
    assert mistake.position == (2, 5)
    assert "0xe9 is not UTF-8" in mistake.message


def test_a_byte_order_mark_is_passed_over() -> None:
    """Editors that put one there write studies too."""
    assert parse("\ufeffa: 1\n".encode()).root == {"a": "1"}


def test_aliases_that_multiply_end_soon() -> None:
    """A few lines of aliases of aliases do not take all memory."""
    text = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    (mistake,) = parse(text.encode()).mistakes
    assert "aliases expand to more than" in mistake.message


def test_an_empty_file_is_none() -> None:
    """A file without a document has no value and, for YAML, no mistake."""
    assert parse(b"# nothing\n") == MarkedYaml()
