"""Pairs and choices: labels equal those of plain PyTorch in fp32, and so do the logits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.reference.both import some

COUNT = 12
FAMILIES = {"xnli": "bert", "pawsx": "xlm-roberta"}
CASES = [
    *(("xnli", language) for language in ("th", "zh", "ar", "hi", "en")),
    *(("pawsx", language) for language in ("ja", "zh", "ko", "de")),
]


def pairs(root: Path, task: str, language: str) -> list[tuple[str, str]]:
    """Read both sentences without any of our readers; quotes stay as they stand in the file."""
    lines = (root / task / f"test-{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


@pytest.mark.parametrize(("task", "language"), CASES)
def test_labels_of_pairs_equal_a_plain_implementation(
    make_both, sample_root, task, language
) -> None:
    """Real pairs, the longest among them."""
    both = make_both(task, FAMILIES[task])
    texts = pairs(sample_root, task, language)
    samples = both.task.read(sample_root, language)
    assert len(samples) == len(texts)
    for place, sample in some(samples, COUNT, lambda s: len(s.input.first + s.input.second)):
        inputs = both.tokenizer(*texts[place], truncation=True, max_length=128, return_tensors="pt")
        logits = both.forward(**inputs).logits
        label, (output,) = both.ours(sample)
        np.testing.assert_allclose(output["logits"], logits.numpy(), atol=1e-4, rtol=0)
        assert label == both.model.config.id2label[int(logits.argmax())]


@pytest.mark.parametrize(
    ("task", "family"), [("xnli", "bert"), ("pawsx", "xlm-roberta"), ("xcopa", "bert")]
)
def test_predictions_differ(make_both, sample_root, task, family) -> None:
    """The random checkpoints do not say the same of every input."""
    both = make_both(task, family)
    found = {both.ours(sample)[0] for sample in both.task.read(sample_root, "zh")[:60]}
    assert len(found) > 1


@pytest.mark.parametrize("language", ["th", "zh", "id", "ta", "tr"])
def test_choices_equal_a_plain_implementation(make_both, sample_root, language) -> None:
    """Both choices in one padded forward pass there, each in one of its own here."""
    both = make_both("xcopa", "bert")
    path = sample_root / "xcopa" / f"test-{language}.jsonl"
    texts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    samples = both.task.read(sample_root, language)
    assert len(samples) == len(texts)
    for place, sample in some(samples, COUNT, lambda sample: len(sample.input.prompt)):
        text = texts[place]
        prompt = f"{text['premise']} What was the {text['question']}?"
        inputs = both.tokenizer(
            [prompt, prompt],
            [text["choice1"], text["choice2"]],
            truncation=True,
            max_length=128,
            padding=True,
            return_tensors="pt",
        )
        logits = both.forward(**{name: ids[None] for name, ids in inputs.items()}).logits[0]
        choice, outputs = both.ours(sample)
        ours = [float(output["logits"][0, 0]) for output in outputs]
        np.testing.assert_allclose(ours, logits.numpy(), atol=1e-4, rtol=0)
        assert choice == int(logits.argmax())
