"""Several tasks in one phase: a head each, one encoder, repeatable, with their record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import Bench
from training import intermediate, learning
from training.blend import Ingredient, blend
from training.errors import TrainingError
from training.examples import Example
from training.fit import Execution, Update
from training.learning import LearningTask
from training.masked import MaskedText, read_text
from training.recipe import Hyperparameters
from training.saves import Saves

BRIEF = Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=8, max_steps=6)


def ingredients(bench: Bench) -> list[Ingredient]:
    found = []
    for name in ("mnli", "squad"):
        task = learning.get(intermediate, name)
        found.append(Ingredient(task, task.read(bench.data, "en"), ["en"]))
    return found


def mix(
    bench: Bench, output: Path, execution: Execution | None = None, seed: int = 1
) -> dict[str, torch.Tensor]:
    text = MaskedText(read_text(bench.data, ["de", "en"]), share=0.3)
    blend(
        bench.base,
        output,
        ingredients=ingredients(bench),
        hyperparameters=BRIEF,
        seed=seed,
        cap=20,
        masked=text,
        execution=execution,
    )
    return load_file(output / "model.safetensors")


def equal(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[k], two[k]) for k in one)


class _StopError(Exception):
    """Ends a training in its middle."""


def test_a_mix_goes_on_to_equal_weights(bench: Bench, tmp_path: Path) -> None:
    """Interrupted after its fourth update and taken up again, it ends where it would have."""
    whole = mix(bench, tmp_path / "whole")
    saves = Saves(tmp_path / "saves", every=3)

    def stop(update: Update) -> None:
        if update.done > 3:
            raise _StopError

    with pytest.raises(_StopError):
        mix(bench, tmp_path / "broken", Execution(saves=saves, progress=stop))
    assert saves.latest() is not None
    assert equal(whole, mix(bench, tmp_path / "broken", Execution(saves=saves)))
    assert saves.latest() is None
    assert not equal(whole, mix(bench, tmp_path / "other", seed=2))


def test_the_record_of_a_mix_names_its_tasks(bench: Bench, tmp_path: Path) -> None:
    """Masked text in a second language makes the regime multilingual, and is no task."""
    mix(bench, tmp_path / "out")
    record = json.loads((tmp_path / "out/training.json").read_bytes())
    assert record["intermediate_tasks"] == ["mnli", "squad"]
    assert record["regime"] == "multilingual"
    phase = record["phases"][-1]
    assert [part["task"] for part in phase["parts"]] == ["mnli", "squad", "mlm"]
    assert (phase["cap"], phase["masked_share"]) == (20, 0.3)


def test_an_intermediate_task_may_have_classes_of_its_own(bench: Bench, tmp_path: Path) -> None:
    """Two classes where the device's task has three: each head has its own."""
    (mnli, _) = ingredients(bench)
    binary = replace(mnli.learning, name="binary", labels=("yes", "no"))
    told = [
        Example(input=one.input, target="yes" if number % 2 else "no")
        for number, one in enumerate(mnli.examples)
    ]
    blend(
        bench.base,
        tmp_path / "out",
        ingredients=[mnli, Ingredient(binary, told, ["en"])],
        hyperparameters=BRIEF,
        seed=1,
    )
    assert (tmp_path / "out/model.safetensors").is_file()


def test_a_task_without_examples_is_refused(bench: Bench, tmp_path: Path) -> None:
    """The task is named."""
    task: LearningTask = learning.get(intermediate, "mnli")
    with pytest.raises(TrainingError, match="mnli: there is no example"):
        blend(
            bench.base,
            tmp_path / "out",
            ingredients=[Ingredient(task, [], ["en"])],
            hyperparameters=BRIEF,
            seed=1,
        )
