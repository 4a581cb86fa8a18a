"""Lines of a file, and the errors that name it."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import malformed, read_lines, shorten, stream_lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"a\n\nb\n\n", ["a", "", "b", ""]),
        (b"", []),
        ("\ufeffa\n".encode(), ["a"]),
        ("a\u2028b\x85c\x0bd\n".encode(), ["a\u2028b\x85c\x0bd"]),
        (b" a \n", [" a "]),
    ],
)
def test_only_line_feeds_end_lines(tmp_path, content, expected) -> None:
    """CRLF ends go, a mark at the start goes, and nothing else is taken off or split at."""
    path = tmp_path / "file.tsv"
    path.write_bytes(content)
    assert read_lines(path) == expected
    assert list(stream_lines(path)) == expected


def test_a_missing_file_is_named(tmp_path) -> None:
    """The remedy says which folder is wanted."""
    with pytest.raises(DataError, match="test-de.tsv: there is no such file") as caught:
        read_lines(tmp_path / "test-de.tsv")
    assert "labels/" in caught.value.remedy


@pytest.mark.parametrize("read", [read_lines, lambda path: list(stream_lines(path))])
def test_only_a_missing_file_is_absent(tmp_path, read) -> None:
    """The cause tells it from one that is broken."""
    with pytest.raises(DataError) as caught:
        read(tmp_path / "test-de.tsv")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_folder_in_place_of_a_file_is_named(tmp_path) -> None:
    """Any other reason of the system is passed on in words."""
    (tmp_path / "test-de.tsv").mkdir()
    with pytest.raises(DataError, match="test-de.tsv: cannot be read"):
        read_lines(tmp_path / "test-de.tsv")


def test_another_encoding_is_refused(tmp_path) -> None:
    """The byte where UTF-8 ends is named."""
    path = tmp_path / "test-de.tsv"
    path.write_bytes("Haus\nMühle".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8 at byte 6"):
        read_lines(path)
    with pytest.raises(DataError, match="not UTF-8 at byte 6"):
        list(stream_lines(path))


def test_a_bad_line_is_told_with_number_found_and_expected(tmp_path) -> None:
    """All four are in the message."""
    text = str(malformed(tmp_path / "x.tsv", 3, "1 column", "2 columns"))
    assert "x.tsv, line 3: found 1 column, expected 2 columns." in text


def test_long_text_is_shortened_in_messages() -> None:
    """A whole paragraph does not end up on the terminal."""
    assert shorten("x" * 1000) == repr("x" * 40 + "…")
