"""Mentions of entities in articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.mentions import Mention, stream_mentions

TEXT = "Vorher. Graz { liegt } an der Mur. Nachher."
SENTENCES = [(0, 7), (8, 34), (35, 43)]


def article(start: int, end: int, text: str, /, **other: object) -> dict[str, object]:
    mention = {"example_id": "m1", "mention_span": {"start": start, "end": end, "text": text}}
    spans = [{"start": begin, "end": stop} for begin, stop in SENTENCES]
    context = {"document_id": "de-1", "language": "de", "text": TEXT, "sentence_spans": spans}
    return {"context": context | other, "mentions": [mention | {"entity_id": "Q13298"}]}


def write(folder: Path, *articles: dict[str, object]) -> Path:
    path = folder / "dev-de.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in articles), encoding="utf-8")
    return path


def test_a_mention_stands_in_its_own_sentence(tmp_path: Path) -> None:
    """What is left and right of it ends where the sentence does."""
    path = write(tmp_path, article(30, 33, "Mur"))
    assert list(stream_mentions(path)) == [
        Mention("m1", "de", "Graz { liegt } an der ", "Mur", ".", "Q13298")
    ]


def test_a_mention_may_fill_its_sentence(tmp_path: Path) -> None:
    """Both ends may coincide."""
    (found,) = stream_mentions(write(tmp_path, article(35, 43, "Nachher.")))
    assert (found.left, found.text, found.right) == ("", "Nachher.", "")


def test_the_entity_may_be_unsaid(tmp_path: Path) -> None:
    """Then the mention has no gold of its own."""
    line = article(30, 33, "Mur")
    line["mentions"][0].pop("entity_id")  # type: ignore[index]
    assert [found.entity_id for found in stream_mentions(write(tmp_path, line))] == [None]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (article(30, 33, "Inn"), "found 'Mur' at 30 to 33, expected the mention 'Inn'"),
        (article(30, 30, ""), "expected the mention ''"),
        (article(5, 12, "r. Graz"), "found the mention 'r. Graz' in no one sentence"),
        (article(30, 33, "Mur", text=""), "found '' at 30 to 33, expected the mention 'Mur'"),
        (article(30, 33, "Mur", sentence_spans=[]), "in no one sentence"),
        (article(-1, 33, "Mur"), r"found what does not fit .* expected a JSON object with context"),
        ({"mentions": []}, "expected a JSON object with context, mentions"),
    ],
)
def test_a_broken_article_is_named(tmp_path: Path, line, message) -> None:
    """The line, what is there and what was expected; nothing is guessed."""
    path = write(tmp_path, article(30, 33, "Mur"), line)
    with pytest.raises(DataError, match=rf"dev-de.jsonl, line 2: .*{message}"):
        list(stream_mentions(path))


def test_a_missing_file_is_told_as_absent(tmp_path: Path) -> None:
    """Which the host tells from a broken one by the cause."""
    with pytest.raises(DataError) as caught:
        list(stream_mentions(tmp_path / "dev-de.jsonl"))
    assert isinstance(caught.value.__cause__, FileNotFoundError)
