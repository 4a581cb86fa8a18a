"""Every task reads every language of the real sample, as many samples as its manifest says."""

from __future__ import annotations

import json

import pytest

from device_agent import tasks

FILES = {
    "xnli": "xnli/test-{}.tsv",
    "pawsx": "pawsx/test-{}.tsv",
    "xcopa": "xcopa/test-{}.jsonl",
    "udpos": "udpos/test-{}.tsv",
    "panx": "panx/test-{}.tsv",
    "xquad": "xquad/xquad.{}.json",
    "tydiqa": "tydiqa/tydiqa-goldp-v1.1-dev/tydiqa.goldp.{}.dev.json",
    "mlqa": "mlqa/MLQA_V1/test/test-context-{0}-question-{0}.json",
    "tatoeba": "tatoeba/{0}-en.en",
}
GOLD = {"xcopa": "jsonl", "xquad": "json", "tydiqa": "json", "mlqa": "json"}


@pytest.fixture(scope="module")
def examples(sample_root) -> dict[str, int]:
    """File name to number of examples, as the sample's manifest counts them."""
    entries = json.loads((sample_root / "MANIFEST.json").read_text(encoding="utf-8"))
    return {entry["file"]: entry["examples"] for entry in entries}


@pytest.mark.parametrize("name", FILES)
def test_all_languages_are_read_and_gold_scores_100(sample_root, examples, name) -> None:
    """Counts equal the manifest's, ids are unique, and gold itself is the best prediction."""
    task = tasks.get(name)
    for language in sorted({*task.languages_xtreme, *task.languages_xtreme_r}):
        samples = task.read(sample_root, language)
        inputs = examples[FILES[name].format(language)]
        labels = examples.get(f"labels/{name}/test-{language}.{GOLD.get(name, 'tsv')}", 0)
        gold = {sample.id: sample.gold for sample in samples if sample.gold is not None}
        assert len(samples) == inputs * (2 if name == "tatoeba" else 1), language
        assert len(gold) == labels, language
        assert len({sample.id for sample in samples}) == len(samples)
        best = {key: value[0] for key, value in gold.items()} if GOLD.get(name) == "json" else gold
        score = task.score(best, gold, language)
        if not labels:
            assert score.unscored
            continue
        assert score.metrics[task.primary] == pytest.approx(100)
        assert all(task.credit(best[key], gold[key], language) == 1 for key in gold)


@pytest.mark.parametrize("name", ["xnli", "pawsx", "udpos", "panx"])
def test_dev_splits_bring_their_gold(sample_root, examples, name) -> None:
    """Wherever the sample has a dev file, every sample of it has gold."""
    languages = [
        language
        for language in tasks.get(name).languages_xtreme
        if f"{name}/dev-{language}.tsv" in examples
    ]
    assert len(languages) > 5
    for language in languages:
        samples = tasks.get(name).read(sample_root, language, "dev")
        assert len(samples) == examples[f"{name}/dev-{language}.tsv"]
        assert all(sample.gold is not None for sample in samples)


@pytest.mark.parametrize(
    "read",
    [
        ("xcopa", "et", "val", "xcopa/val-et.jsonl"),
        ("xcopa", "et", "dev", "xcopa/val-et.jsonl"),
        ("xcopa", "en", "train", "xcopa/train-en.jsonl"),
        ("udpos", "en", "train", "udpos/train-en.tsv"),
        ("panx", "en", "train", "panx/train-en.tsv"),
        ("tydiqa", "ko", "train", "tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.ko.train.json"),
        ("mlqa", "hi", "dev", "mlqa/MLQA_V1/dev/dev-context-hi-question-hi.json"),
    ],
)
def test_other_splits_bring_their_gold(sample_root, examples, read) -> None:
    """Training and validation files are read by the same readers."""
    name, language, split, file = read
    samples = tasks.get(name).read(sample_root, language, split)
    assert len(samples) == examples[file]
    assert all(sample.gold is not None for sample in samples)


def test_unblanked_answers_of_a_test_file_are_gold(data_dir) -> None:
    """The larger XQuAD files keep their answers, and each is where the file says."""
    samples = tasks.get("xquad").read(data_dir / "train_sample", "de")
    assert len(samples) == 1085
    assert all(answer in s.input.context for s in samples for answer in s.gold)
