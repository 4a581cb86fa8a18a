"""The evaluation's texts as a corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks import mewslix
from host.artifacts.corpus import EvaluationData, evaluation_corpus


def parts(data: EvaluationData) -> dict[tuple[str, str], int]:
    return {
        (portion.source, portion.part): len(list(portion.inputs))
        for portion in evaluation_corpus(data)()
    }


def test_all_samples_of_the_languages_are_read(tiny_study: Path) -> None:
    """Every time anew, and of retrieval also what is looked up among."""
    root = tiny_study.parent / "data"
    wanted = {"xnli": ["zh", "de"], "tatoeba": ["de"]}
    found = parts(EvaluationData(root, "test", wanted))
    assert list(found) == [("xnli", "zh"), ("xnli", "de"), ("tatoeba", "de")]
    assert found["tatoeba", "de"] == 2 * found["xnli", "de"]


def test_no_languages_are_all_that_are_there(tiny_study: Path) -> None:
    """As a study without them takes."""
    found = parts(EvaluationData(tiny_study.parent / "data", "test", {"xcopa": None}))
    assert {part for _, part in found} == {"tr", "vi", "zh"}


def test_a_pool_that_belongs_to_no_language_is_part_of_it(tmp_path: Path) -> None:
    """Its entities are embedded too, so their tokens must stay."""
    folder = tmp_path / "mewslix"
    (folder / "wikinews_mentions").mkdir(parents=True)
    (folder / "candidate_set_entities.jsonl").write_text(
        '{"entity_id": "Q1", "description": "A thing."}\n'
        '{"entity_id": "Q2", "description": "No thing."}\n'
    )
    context = {
        "language": "de",
        "text": "Das Ding",
        "sentence_spans": [{"start": 0, "end": 8}],
    }
    span = {"start": 4, "end": 8, "text": "Ding"}
    mention = {"example_id": "m1", "mention_span": span, "entity_id": "Q1"}
    (folder / "wikinews_mentions" / "test-de.jsonl").write_text(
        json.dumps({"context": context, "mentions": [mention]}) + "\n"
    )
    found = parts(EvaluationData(tmp_path, "test", {"mewslix": None}))
    assert found == {("mewslix", "de"): 1, ("mewslix", mewslix.TASK.pool_language): 2}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"xnli": ["de", "sw"]}, "no test file of xnli in sw"),
        ({"panx": None}, "no test file of panx in any of its languages"),
    ],
)
def test_a_language_without_data_is_refused(
    tiny_study: Path, wanted: dict[str, list[str] | None], message: str
) -> None:
    """A vocabulary without its tokens would say that it keeps them."""
    with pytest.raises(DataError, match=message):
        parts(EvaluationData(tiny_study.parent / "data", "test", wanted))
