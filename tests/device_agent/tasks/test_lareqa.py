"""LAReQA: questions, and the sentences of all languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.protocol import RetrievalTask

TASK = tasks.get("lareqa")


def write(root: Path, language: str, *paragraphs: tuple[str, list[list[int]], dict[str, int]]):
    """Write one article; a paragraph is its context, its breaks, and where each answer starts."""
    folder = root / "lareqa" / "xquad-r"
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        {
            "context": context,
            "sentence_breaks": breaks,
            "qas": [
                {"id": key, "question": f"{key}?", "answers": [{"text": "x", "answer_start": at}]}
                for key, at in answers.items()
            ],
        }
        for context, breaks, answers in paragraphs
    ]
    path = folder / f"{language}.json"
    path.write_text(json.dumps({"data": [{"paragraphs": found}]}), encoding="utf-8")


def candidate(key: str, text: str, context: str) -> Sample:
    return Sample(id=key, input=SentenceInput(role="candidate", text=text, context=context))


def query(key: str, text: str, *gold: str) -> Sample:
    return Sample(id=key, input=SentenceInput(role="query", text=text), gold=gold or None)


def test_it_is_a_retrieval_task_with_one_pool() -> None:
    """Of all languages, pooled by the pooler."""
    assert isinstance(TASK, RetrievalTask)
    assert (TASK.pooled, TASK.pool_language, TASK.pooling) == (True, None, "pooler")


def test_questions_are_queries_and_sentences_candidates(tmp_path: Path) -> None:
    """With the benchmark's ids; a sentence stands there once, however many questions it has."""
    write(tmp_path, "en", ("A. B.", [[0, 2], [3, 5]], {"q": 3, "r": 0}))
    assert TASK.read(tmp_path, "en") == [
        query("q_en", "q?", "en_1_1"),
        query("r_en", "r?", "en_1_0"),
        candidate("en_1_0", "A.", "A. B."),
        candidate("en_1_1", "B.", "A. B."),
    ]


def test_the_targets_are_of_every_language_that_is_there(tmp_path: Path) -> None:
    """Sentences are cut otherwise in each; the candidates are the language's own."""
    write(tmp_path, "en", ("A. B.", [[0, 2], [3, 5]], {"q": 3}))
    write(tmp_path, "de", ("X.", [[0, 2]], {}), ("A und B.", [[0, 8]], {"q": 6}))
    samples = TASK.read(tmp_path, "en")
    assert samples[0] == query("q_en", "q?", "de_2_0", "en_1_1")
    assert [sample.id for sample in samples[1:]] == ["en_1_0", "en_1_1"]


def test_a_question_answered_in_no_sentence_is_left_out(tmp_path: Path) -> None:
    """With its paragraph's sentences, unless another question needs them; elsewhere it counts."""
    write(tmp_path, "en", ("A. B.", [[0, 2], [3, 5]], {"q": 2}), ("C.", [[0, 2]], {"r": 0}))
    write(tmp_path, "de", ("Z.", [[0, 2]], {"q": 0}))
    assert [sample.id for sample in TASK.read(tmp_path, "en")] == ["r_en", "en_2_0"]
    assert TASK.read(tmp_path, "de")[0] == query("q_de", "q?", "de_1_0")


def test_a_question_without_any_answer_is_run_without_gold(tmp_path: Path) -> None:
    """As everywhere else where the data has none."""
    folder = tmp_path / "lareqa" / "xquad-r"
    folder.mkdir(parents=True)
    paragraph = {
        "context": "A.",
        "sentence_breaks": [[0, 2]],
        "qas": [{"id": "q", "question": "?"}],
    }
    (folder / "en.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    first, second = TASK.read(tmp_path, "en")
    assert (first.gold, second.id) == (None, "en_1_0")


def test_a_broken_file_of_another_language_is_named(tmp_path: Path) -> None:
    """Its targets would be missing from the gold without a word."""
    write(tmp_path, "en", ("A.", [[0, 2]], {"q": 0}))
    (tmp_path / "lareqa" / "xquad-r" / "zh.json").write_text("{")
    with pytest.raises(DataError, match=r"zh.json: found"):
        TASK.read(tmp_path, "en")


def test_a_missing_language_is_absent(tmp_path: Path) -> None:
    """Which the host tells from a broken one by the cause."""
    with pytest.raises(DataError, match="ar.json: there is no such file") as caught:
        TASK.read(tmp_path, "ar")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_there_is_only_a_test_split(tmp_path: Path) -> None:
    """Upstream tunes on SQuAD's own."""
    with pytest.raises(DataError, match="no split 'dev'"):
        TASK.read(tmp_path, "en", "dev")


def test_the_real_sample_has_eleven_targets_a_question(sample_root: Path) -> None:
    """Parallel in all languages, so the same questions; ids are unique over the whole pool."""
    pool: set[str] = set()
    named: set[str] = set()
    for language in TASK.languages_xtreme_r:
        samples = TASK.read(sample_root, language)
        queries = [sample for sample in samples if sample.is_scored]
        assert len(queries) == 100
        assert all(len(sample.gold or ()) == 11 for sample in queries)
        candidates = {sample.id for sample in samples if not sample.is_scored}
        assert len(candidates) + len(queries) == len({sample.id for sample in samples})
        assert not pool & candidates
        pool |= candidates
        named |= {key for sample in queries for key in sample.gold or ()}
        gold = {sample.id: sample.gold for sample in queries}
        assert TASK.score(gold, gold, language).metrics == {"map@20": pytest.approx(100)}
    assert named <= pool
    assert len(pool) == 607


@pytest.mark.parametrize("language", ["th", "zh", "ar", "hi", "ru", "en"])
def test_real_texts_become_transformers_own_ids(sample_root, tokenizers, language) -> None:
    """Questions to 96 tokens, pairs of sentence and paragraph to 256, both limits reached."""
    lengths = set()
    for sample in TASK.read(sample_root, language):
        text = sample.input
        assert isinstance(text, SentenceInput)
        (row,) = TASK.head.encode(tokenizers.plain, text)
        limit = 96 if text.role == "query" else 256
        expected = tokenizers.fast(text.text, text.context, truncation=True, max_length=limit)
        assert row.input_ids.tolist() == [expected["input_ids"]]
        if "token_type_ids" in expected:
            assert row.token_type_ids.tolist() == [expected["token_type_ids"]]
        lengths.add(row.input_ids.shape[1])
    assert 256 in lengths
