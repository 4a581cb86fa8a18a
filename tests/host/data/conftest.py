"""A small benchmark folder, and studies of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.tasks import names
from host.studies.load import load_study
from host.studies.schema import Study

MakeStudy = Callable[..., Study]


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """XNLI in two languages (gold in de only) and Tatoeba in one, twenty rows each."""
    root = tmp_path / "benchmark"
    for folder in ("xnli", "tatoeba", "labels/xnli", "labels/tatoeba"):
        (root / folder).mkdir(parents=True)
    for language in ("de", "en"):
        rows = [f"{language} premise {row}\thypothesis {row}\n" for row in range(20)]
        (root / "xnli" / f"test-{language}.tsv").write_text("".join(rows))
    (root / "labels" / "xnli" / "test-de.tsv").write_text("neutral\n" * 20)
    for side in ("en", "fr"):
        text = "".join(f"{side} sentence {row}\n" for row in range(20))
        (root / "tatoeba" / f"fr-en.{side}").write_text(text)
    (root / "labels" / "tatoeba" / "test-fr.tsv").write_text("".join(f"{r}\n" for r in range(20)))
    return root


@pytest.fixture
def make_study(tmp_path: Path) -> MakeStudy:
    """Make a study of tasks (as YAML) in a data folder."""

    def make(data: Path, tasks: str, added: str = "") -> Study:
        checkpoint = tmp_path / "checkpoint"
        checkpoint.mkdir(exist_ok=True)
        (checkpoint / "config.json").write_text("{}")
        path = tmp_path / "study.yaml"
        checkpoints = dict.fromkeys(["retrieval", *names()], "checkpoint")
        path.write_text(
            f"study: s\nquestion: q?\ndata: {json.dumps(str(data))}\nbaseline: v\ntasks: {tasks}\n"
            "variants:\n  v: {regime: direct, recipe: fp32, pooling: {method: pooler}, "
            f"checkpoints: {json.dumps(checkpoints)}}}\n{added}"
        )
        return load_study(path)

    return make


_SPLIT = ("A first one. ", "A second one. ", "A third one.")


@pytest.fixture
def pooled(tmp_path: Path) -> Path:
    """LAReQA in three languages, four questions each, and Mewsli-X in two with five entities.

    The entities are made up: the real candidate set has a million.
    """
    root = tmp_path / "pooled"
    for folder in ("lareqa/xquad-r", "mewslix/wikinews_mentions"):
        (root / folder).mkdir(parents=True)
    for language in ("de", "en", "th"):
        paragraphs = [_paragraph(language, number) for number in range(4)]
        path = root / "lareqa" / "xquad-r" / f"{language}.json"
        path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}))
    entities = [{"entity_id": f"Q{n}", "description": f"Entity {n}."} for n in range(5)]
    pool = root / "mewslix" / "candidate_set_entities.jsonl"
    pool.write_text("".join(f"{json.dumps(entity)}\n" for entity in entities))
    for language, golds in (("de", ["Q0", "Q1"]), ("en", ["Q2", "Q99"])):
        mentions = [_mention(language, number, gold) for number, gold in enumerate(golds)]
        path = root / "mewslix" / "wikinews_mentions" / f"test-{language}.jsonl"
        path.write_text("".join(f"{json.dumps(mention)}\n" for mention in mentions))
    return root


def _paragraph(language: str, number: int) -> dict[str, object]:
    sentences = [f"{language} {number} {text}" for text in _SPLIT]
    context, breaks = "", []
    for sentence in sentences:
        breaks.append([len(context), len(context) + len(sentence)])
        context += sentence
    answer = {"text": "first", "answer_start": context.index("first")}
    asked = {"id": f"question{number}", "question": f"{language}?", "answers": [answer]}
    return {
        "context": context,
        "sentences": sentences,
        "sentence_breaks": breaks,
        "qas": [asked],
    }


def _mention(language: str, number: int, gold: str) -> dict[str, object]:
    text = f"{language} article about a thing"
    span = {"start": text.index("thing"), "end": len(text), "text": "thing"}
    context = {
        "language": language,
        "text": text,
        "sentence_spans": [{"start": 0, "end": len(text)}],
    }
    mention = {"example_id": f"{language}{number}", "mention_span": span, "entity_id": gold}
    return {"context": context, "mentions": [mention]}
