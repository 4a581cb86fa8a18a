"""XCOPA is learned from Social IQa, then from COPA."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput
from tests.host.data.fetch.conftest import AddDataset, classes
from tests.training.conftest import Bench
from tests.training.sources.files import write_json_lines
from training import learning, target
from training.examples import Example
from training.recipe import Hyperparameters
from training.tune import tune

XCOPA = learning.get(target, "xcopa")
assert XCOPA.first is not None
SIQA = XCOPA.first
COPA_ROW = {
    "premise": "It rained.",
    "choice1": "a",
    "choice2": "b",
    "question": "effect",
    "label": 1,
}
SIQA_ROW = {"context": "Tracy left.", "question": "Why?"} | {f"answer{x}": x for x in "ABC"}
SIQA_EXAMPLE = Example(
    input=ChoiceInput(prompt="Tracy left. Why?", choices=("A", "B", "C")), target=2
)


@pytest.mark.parametrize("name", ["train-en.jsonl", "train.en.jsonl"])
def test_copa_is_asked_as_the_device_asks(tmp_path: Path, name: str) -> None:
    """By either name of the file."""
    write_json_lines(tmp_path / "xcopa" / name, [COPA_ROW])
    write_json_lines(tmp_path / "xcopa/val-en.jsonl", [COPA_ROW])
    (asked,) = tasks.get("xcopa").read(tmp_path, "en", "val")
    assert XCOPA.read(tmp_path, "en") == [Example(input=asked.input, target=1)]


def test_social_iqa_comes_first_and_has_three_choices(tmp_path: Path) -> None:
    """It is solved by the same head."""
    write_json_lines(tmp_path / "siqa/socialIQa_v1.4_trn.jsonl", [{**SIQA_ROW, "correct": "C"}])
    assert SIQA.read(tmp_path, "en") == [SIQA_EXAMPLE]
    assert SIQA.task == XCOPA.task


def test_the_second_step_begins_with_the_head_of_the_first(bench: Bench, tmp_path: Path) -> None:
    """Without an update in between nothing of it changes, and the record tells both."""
    write_json_lines(tmp_path / "siqa/socialIQa_v1.4_trn.jsonl", [{**SIQA_ROW, "correct": "C"}] * 4)
    write_json_lines(tmp_path / "xcopa/train-en.jsonl", [COPA_ROW] * 4)
    base = bench.base
    for step, rate in zip(XCOPA.steps, (1e-3, 0.0), strict=True):
        tune(
            base,
            tmp_path / f"{step.name}-out",
            phase="target",
            learning=step,
            examples=step.read(tmp_path, "en"),
            languages=["en"],
            seed=1,
            hyperparameters=Hyperparameters(epochs=1, learning_rate=rate, batch_size=4),
        )
        base = tmp_path / f"{step.name}-out"
    first, second = (
        load_file(tmp_path / f"{name}-out/model.safetensors") for name in ("siqa", "xcopa")
    )
    assert torch.equal(first["classifier.weight"], second["classifier.weight"])
    record = json.loads((base / "training.json").read_bytes())
    assert record["target_task"] == "xcopa"
    assert [phase["task"] for phase in record["phases"]] == ["mlm+tlm", "siqa", "xcopa"]


def test_the_hub_counts_social_iqas_answers_from_one(mirror: Path, add_dataset: AddDataset) -> None:
    """Files have letters."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    add_dataset("allenai/social_i_qa", "default", {"train": [{**SIQA_ROW, "label": "3"}]})
    assert SIQA.fetch is not None
    assert SIQA.fetch("en", mirror) == [SIQA_EXAMPLE]


def test_the_hub_names_copas_right_choice(mirror: Path, add_dataset: AddDataset) -> None:
    """As SuperGLUE's classes."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    texts = [{"name": name, "dtype": "string"} for name in COPA_ROW if name != "label"]
    features = [*texts, {"name": "label", "dtype": classes("choice1", "choice2")}]
    add_dataset("aps/super_glue", "copa", {"train": [COPA_ROW]}, features)
    assert XCOPA.fetch is not None
    (example,) = XCOPA.fetch("en", mirror)
    assert example.target == 1


@pytest.mark.parametrize("change", [{"question": "reason"}, {"label": 2}])
def test_what_is_not_copas_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    """Found against expected."""
    write_json_lines(tmp_path / "xcopa/train-en.jsonl", [COPA_ROW | change])
    with pytest.raises(DataError, match=r"line 1: found (question|label) .*, expected one of"):
        XCOPA.read(tmp_path, "en")


def test_the_real_files_are_read(train_sample: Path) -> None:
    """COPA's 400, and Social IQa's development set in place of the training set."""
    assert len(XCOPA.read(train_sample, "en")) == 400
    siqa = SIQA.read(train_sample, "en", "siqa/socialIQa_v1.4_dev.jsonl")
    assert len(siqa) == 1954
    assert {one.target for one in siqa} == {0, 1, 2}
