"""The evaluation data has the benchmark's layout, and is the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import PairInput, QuestionInput, SentenceInput
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.evaluation import XCOPA_LANGUAGES, write_evaluation
from host.demo.materialise import SHIPPED
from host.demo.recipes import FULL

SAMPLES = 12
TASKS = {
    "xnli": LANGUAGES,
    "udpos": LANGUAGES,
    "xquad": LANGUAGES,
    "xcopa": XCOPA_LANGUAGES,
    "tatoeba": tuple(language for language in LANGUAGES if language != "en"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small evaluation set."""
    folder = tmp_path_factory.mktemp("evaluation")
    write_evaluation(folder, seed=3, samples=SAMPLES)
    return folder


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_equal_seeds_write_equal_bytes(root: Path, tmp_path: Path) -> None:
    """Nothing but the seed decides what is written."""
    write_evaluation(tmp_path, seed=3, samples=SAMPLES)
    assert _content(tmp_path) == _content(root)


def test_another_seed_writes_other_samples(root: Path, tmp_path: Path) -> None:
    """The seed does decide."""
    write_evaluation(tmp_path, seed=4, samples=SAMPLES)
    assert _content(tmp_path).keys() == _content(root).keys()
    assert _content(tmp_path)["xnli/test-en.tsv"] != _content(root)["xnli/test-en.tsv"]


@pytest.mark.parametrize("name", TASKS)
def test_the_device_reads_every_language(root: Path, name: str) -> None:
    """Every sample is there with its gold; in retrieval the queries have it."""
    for language in TASKS[name]:
        samples = tasks.get(name).read(root, language)
        assert sum(sample.gold is not None for sample in samples) == SAMPLES
        assert len(samples) == (2 * SAMPLES if name == "tatoeba" else SAMPLES)


def test_inference_pairs_are_balanced(root: Path) -> None:
    """Each premise comes with all three labels."""
    task = tasks.get("xnli")
    premises: dict[str, list[str]] = {}
    for sample in task.read(root, "tr"):
        assert isinstance(sample.input, PairInput)
        premises.setdefault(sample.input.first, []).append(str(sample.gold))
    assert all(sorted(labels) == list(task.labels) for labels in premises.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_stand_in_their_contexts(root: Path, language: str) -> None:
    """Gold answers are pieces of the context."""
    for sample in tasks.get("xquad").read(root, language):
        assert isinstance(sample.input, QuestionInput)
        assert isinstance(sample.gold, tuple)
        assert sample.gold[0] in sample.input.context


def test_translations_lead_to_the_same_meaning(root: Path) -> None:
    """A query's gold in one language and in another are translations of each other."""
    found = {}
    for language in ("de", "zh"):
        samples = {sample.id: sample for sample in tasks.get("tatoeba").read(root, language)}
        texts = {}
        for sample in samples.values():
            assert isinstance(sample.input, SentenceInput)
            if isinstance(sample.gold, tuple):
                candidate = samples[sample.gold[0]].input
                assert isinstance(candidate, SentenceInput)
                texts[sample.input.text] = candidate.text
        found[language] = texts
    assert found["de"].keys() == found["zh"].keys()
    for english, german in found["de"].items():
        assert ("Anna" in english) == ("Anna" in german)
        assert ("Anna" in english) == ("安娜" in found["zh"][english])


def test_what_ships_is_what_the_corpus_writes(tmp_path: Path) -> None:
    """The shipped data can be made again, byte for byte."""
    write_evaluation(tmp_path, seed=FULL.seed, samples=FULL.samples)
    assert _content(tmp_path) == _content(SHIPPED / "data")
