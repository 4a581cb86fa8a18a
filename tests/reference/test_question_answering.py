"""QA: windows and answers of real questions equal those of plain PyTorch in fp32."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from transformers import BertTokenizer
from transformers.data.metrics.squad_metrics import compute_predictions_logits
from transformers.data.processors import squad
from transformers.data.processors.squad import SquadResult

from device_agent import tasks
from device_agent.contract.samples import Sample
from tests.device_agent.tasks.heads.uncomposed import uncomposed
from tests.reference import plain_answers as plain
from tests.reference.both import Both, some

COUNT = 5
FILES = {
    "xquad": "xquad/xquad.{0}.json",
    "tydiqa": "tydiqa/tydiqa-goldp-v1.1-dev/tydiqa.goldp.{0}.dev.json",
    "mlqa": "mlqa/MLQA_V1/test/test-context-{0}-question-{0}.json",
}
LANGUAGES = {
    "xquad": ("th", "zh", "ar", "hi", "en", "ru"),
    "tydiqa": ("ar", "en", "ru", "ko"),
    "mlqa": ("ar", "hi", "zh", "en"),
}
CASES = [(task, language) for task, languages in LANGUAGES.items() for language in languages]


class Asked(NamedTuple):
    """A question as the file has it."""

    question: str
    context: str


def read_plainly(root: Path, task: str, language: str) -> list[Asked]:
    """Read question and context without any of our readers."""
    path = root / FILES[task].format(language)
    return [
        Asked(entry["question"], paragraph["context"])
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for entry in paragraph["qas"]
    ]


@pytest.fixture(autouse=True)
def _as_in_the_benchmark() -> Iterator[None]:
    """Keep transformers' BERT code from composing characters, as it did not then."""
    with uncomposed():
        yield


def official_example(asked: Asked) -> squad.SquadExample:
    return squad.SquadExample("q", asked.question, asked.context, None, None, "", answers=[])


def official_features(asked: Asked) -> list[Any]:
    """Make windows by `squad_convert_example_to_features`, numbered."""
    features = squad.squad_convert_example_to_features(
        official_example(asked),
        plain.MAX_TOKENS,
        plain.STRIDE,
        plain.MAX_QUESTION_TOKENS,
        "do_not_pad",
        is_training=False,
    )
    for number, feature in enumerate(features):
        feature.unique_id, feature.example_index = number, 0
    return features


def official_answer(
    slow: BertTokenizer,
    asked: Asked,
    features: list[Any],
    outputs: list[tuple[list[float], list[float]]],
    folder: Path,
) -> tuple[str, float, float]:
    """Return text, start and end logit of the best answer by `compute_predictions_logits`."""
    compute_predictions_logits(
        [official_example(asked)],
        features,
        [SquadResult(number, *output) for number, output in enumerate(outputs)],
        n_best_size=plain.BEST,
        max_answer_length=plain.MAX_ANSWER_TOKENS,
        do_lower_case=False,
        output_prediction_file=str(folder / "answers.json"),
        output_nbest_file=str(folder / "best.json"),
        output_null_log_odds_file=None,
        verbose_logging=False,
        version_2_with_negative=False,
        null_score_diff_threshold=0.0,
        tokenizer=slow,
    )
    best = json.loads((folder / "best.json").read_text(encoding="utf-8"))["q"][0]
    return best["text"], best["start_logit"], best["end_logit"]


@pytest.mark.parametrize("family", ["bert", "xlm-roberta"])
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_answers_equal_a_plain_implementation(make_both, sample_root, case, family) -> None:
    """Windows are the same to the token and the character, and so is every answer."""
    both = make_both("xquad", family)
    for sample, asked in picked(sample_root, *case):
        parts = plain.windows(both.tokenizer, *asked)
        check_windows(both, sample, parts)
        outputs = [plain.logits(both.model, part) for part in parts]
        found = plain.answer(parts, outputs)
        expected = plain.text(both.tokenizer, found, asked.context, case[1])
        assert expected
        assert both.ours(sample)[0] == expected


def picked(root: Path, task: str, language: str) -> list[tuple[Sample, Asked]]:
    """Return some samples of ours, the longest among them, beside what the file says."""
    texts = read_plainly(root, task, language)
    samples = tasks.get(task).read(root, language)
    assert tasks.get(task).head == tasks.get("xquad").head
    assert len(samples) == len(texts)
    chosen = some(samples, COUNT, lambda sample: len(sample.input.context))
    return [(sample, texts[place]) for place, sample in chosen]


def check_windows(both: Both, sample: Sample, parts: list[plain.Window]) -> None:
    """Compare ids, type ids and offsets of all windows."""
    rows = both.task.head.encode(both.loaded.tokenizer, sample.input)
    assert [row.input_ids[0].tolist() for row in rows] == [part.input_ids for part in parts]
    for row, part in zip(rows, parts, strict=True):
        inside = part.context_positions
        assert row.context.in_context.nonzero()[0].tolist() == inside
        offsets = row.context.offsets[inside].tolist()
        assert offsets == [list(part.offsets[index]) for index in inside]
        if both.model.config.type_vocab_size > 1:
            assert row.token_type_ids[0].tolist() == part.token_type_ids


@pytest.fixture(scope="session")
def slow(vocabulary) -> BertTokenizer:
    """The tokenizer that transformers' SQuAD code needs: the one in Python."""
    tokenizer = BertTokenizer(str(vocabulary), do_lower_case=False, model_max_length=512)
    squad.squad_convert_example_to_features_init(tokenizer)
    return tokenizer


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_answers_are_those_of_the_benchmarks_own_pipeline(
    make_both, sample_root, slow, tmp_path, case
) -> None:
    """The SQuAD code of transformers, which XTREME runs, gives the same text to every question."""
    both = make_both("xquad", "bert")
    for sample, asked in picked(sample_root, *case):
        parts = plain.windows(both.tokenizer, *asked)
        features = official_features(asked)
        assert [feature.input_ids for feature in features] == [part.input_ids for part in parts]
        outputs = [plain.logits(both.model, part) for part in parts]
        text, *logits = official_answer(slow, asked, features, outputs, tmp_path)
        found = plain.answer(parts, outputs)
        assert [found.start_logit, found.end_logit] == logits
        assert both.ours(sample)[0] == text
