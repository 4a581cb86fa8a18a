"""Candidate entities."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.entities import Entity, stream_entities


def write(folder: Path, *lines: dict[str, object]) -> Path:
    path = folder / "candidates.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_a_description_is_cut_into_its_sentences(tmp_path: Path) -> None:
    """What lies in none of them is left out; other keys are passed over."""
    spans = [{"start": 0, "end": 2}, {"start": 8, "end": 10}]
    line = {"entity_id": "Q1", "title": "A", "description": "A. skip B.", "sentence_spans": spans}
    assert list(stream_entities(write(tmp_path, line))) == [Entity("Q1", ("A.", "B."))]


@pytest.mark.parametrize("extra", [{}, {"sentence_spans": None}])
def test_a_pool_of_ones_own_needs_no_spans(tmp_path: Path, extra) -> None:
    """The whole description then counts as one sentence."""
    line = {"entity_id": "mine", "description": "Eins. Zwei."} | extra
    assert list(stream_entities(write(tmp_path, line))) == [Entity("mine", ("Eins. Zwei.",))]


def test_a_caller_can_stream(tmp_path: Path) -> None:
    """What stands behind the entities that were asked for is not read."""
    path = write(tmp_path, {"entity_id": "Q1", "description": "A."})
    path.write_text(f"{path.read_text()}not JSON\n")
    assert [one.id for one in itertools.islice(stream_entities(path), 1)] == ["Q1"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"entity_id": "Q2"}, "expected a JSON object with entity_id, description"),
        (
            {"entity_id": "Q2", "description": "A.", "sentence_spans": [{"start": 0, "end": 3}]},
            "found a sentence at 0 to 3, expected 0 to 2, the description's length",
        ),
    ],
)
def test_a_broken_entity_is_named(tmp_path: Path, line, message) -> None:
    """By its line."""
    path = write(tmp_path, {"entity_id": "Q1", "description": "A."}, line)
    with pytest.raises(DataError, match=f"candidates.jsonl, line 2: .*{message}"):
        list(stream_entities(path))
