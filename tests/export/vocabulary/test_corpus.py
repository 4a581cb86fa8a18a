"""Text files as a corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.samples import SentenceInput
from export.errors import ExportError
from export.vocabulary.corpus import of_files


def test_every_line_with_text_is_an_input(tmp_path: Path) -> None:
    """Named by its file, and read anew each time."""
    path = tmp_path / "notes.txt"
    path.write_text("Grüße\n\n  \nสวัสดี\r\n", encoding="utf-8")
    corpus = of_files([path])
    for _ in range(2):
        (portion,) = corpus()
        assert (portion.source, portion.part) == ("files", "notes.txt")
        inputs = [one for one in portion.inputs if isinstance(one, SentenceInput)]
        assert [one.text for one in inputs] == ["Grüße", "สวัสดี"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no text in this corpus"),
        (b"\n \n", "no text in this corpus"),
        ("Grüße".encode("latin-1"), "not a text in UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_without_text_is_refused(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    """An empty corpus would keep nothing, and prove nothing."""
    path = tmp_path / "notes.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ExportError, match=message):
        [one for portion in of_files([path])() for one in portion.inputs]
