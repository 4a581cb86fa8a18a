"""What ships with the demo is what the scripts make, and is learned from other sentences."""

from __future__ import annotations

import filecmp
import json
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import ChoiceInput, PairInput, QuestionInput, TokensInput
from host.demo.build import _WORDS_FROM
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.evaluation import write_evaluation
from host.demo.corpus.learning import write_learning
from host.demo.corpus.vocabulary import draw_words
from host.demo.materialise import REGIMES, SHIPPED, materialise
from host.demo.recipes import FULL, SHAPE, VOCABULARY
from training import learning, target
from training.tokenizer import save_tokenizer, train_tokenizer


def assert_same_files(first: Path, second: Path) -> None:
    names = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    for name in names:
        assert filecmp.cmp(first / name, second / name, shallow=False), name


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_evaluation(folder, seed=FULL.seed, samples=FULL.samples)
    return folder


def test_the_shipped_data_is_what_the_script_writes(data: Path) -> None:
    """Equal seeds write equal bytes, and the shipped files are they."""
    assert_same_files(data, SHIPPED / "data")


def test_the_shipped_tokenizer_is_what_the_script_trains(tmp_path: Path) -> None:
    """The tokenizer follows from the corpus alone."""
    words = draw_words(seed=FULL.seed, sentences=_WORDS_FROM)
    save_tokenizer(train_tokenizer(words, VOCABULARY), tmp_path, SHAPE.max_tokens)
    assert_same_files(tmp_path, SHIPPED / "tokenizer")


def test_every_task_reads_in_its_languages(data: Path) -> None:
    """The official readers read all of it, gold included."""
    for name in ("xnli", "udpos", "xquad"):
        for language in LANGUAGES:
            samples = tasks.get(name).read(data, language)
            assert len(samples) == FULL.samples
            assert all(sample.gold is not None for sample in samples)
    for language in ("en", "tr", "vi", "zh"):
        assert len(tasks.get("xcopa").read(data, language)) == FULL.samples
    for language in set(LANGUAGES) - {"en"}:
        assert len(tasks.get("tatoeba").read(data, language)) == 2 * FULL.samples


@pytest.mark.slow
def test_nothing_that_is_evaluated_was_learned(data: Path, tmp_path: Path) -> None:
    """No English evaluation sample stands among the training examples of its task."""
    write_learning(tmp_path, seed=FULL.seed, amounts=FULL.amounts)
    for name in ("xnli", "xcopa", "udpos", "xquad"):
        learned = {
            _text(example.input) for example in learning.get(target, name).read(tmp_path, "en")
        }
        evaluated = {_text(sample.input) for sample in tasks.get(name).read(data, "en")}
        assert len(learned) > 100
        assert sorted(map(str, learned & evaluated)) == [], name


def _text(sample_input: object) -> object:
    match sample_input:
        case PairInput(first=first, second=second):
            return first, second
        case ChoiceInput(prompt=prompt, choices=choices):
            return prompt, frozenset(choices)
        case TokensInput(tokens=tokens):
            return tokens
        case QuestionInput(question=question, context=context):
            return question, context
    raise AssertionError(sample_input)


def test_checkpoints_come_whole_and_only_once(tmp_path: Path) -> None:
    """Each folder has model, tokenizer and record; a second call touches nothing."""
    files = materialise(tmp_path)
    for regime in REGIMES:
        for folder in files.checkpoints[regime].values():
            names = {path.name for path in folder.iterdir()}
            assert {"config.json", "model.safetensors", "tokenizer.json", "training.json"} <= names
            record = json.loads((folder / "training.json").read_bytes())
            assert record["regime"] == regime
            assert record["intermediate_tasks"] == ["mnli", "squad"]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    materialise(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_both_regimes_saw_the_same_number_of_intermediate_examples() -> None:
    """The multilingual regime spreads the same number over all languages."""
    seen = {}
    for regime in REGIMES:
        record = json.loads(
            (SHIPPED / "checkpoints" / regime / "encoder/training.json").read_bytes()
        )
        phases = [p for p in record["phases"] if p["name"] == "intermediate"]
        seen[regime] = [phase["examples"] for phase in phases]
        assert {tuple(phase["languages"]) for phase in phases} == {
            ("en",) if regime == "english" else tuple(sorted(LANGUAGES))
        }
    assert seen["english"] == seen["multilingual"]
