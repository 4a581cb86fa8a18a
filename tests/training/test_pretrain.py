"""Phase 1 makes an encoder from nothing, the same one every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import SHAPE, Bench, pretrain_on
from training.errors import TrainingError
from training.fit import Execution, Update
from training.lineage import read_training
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.saves import Saves


def test_equal_seeds_make_equal_encoders(bench: Bench, tmp_path: Path) -> None:
    """On a CPU they agree in every bit, and another seed differs."""
    pretrain_on(bench, tmp_path / "again", seed=1)
    pretrain_on(bench, tmp_path / "other", seed=2)
    first, again, other = (
        load_file(folder / "model.safetensors")
        for folder in (bench.base, tmp_path / "again", tmp_path / "other")
    )
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


def test_translations_make_it_tlm(bench: Bench) -> None:
    """The record tells whether translations were shown, and all languages."""
    (phase,) = read_training(bench.base).phases
    assert phase.task == "mlm+tlm"
    assert phase.languages == ("de", "en", "es", "hi", "ru", "tr", "vi", "zh")


def test_no_text_is_refused(bench: Bench, tmp_path: Path) -> None:
    """There is nothing to learn from."""
    with pytest.raises(TrainingError, match="no text"):
        pretrain(
            bench.tokenizer,
            tmp_path / "out",
            name="none",
            shape=SHAPE,
            texts={"en": []},
            translations={},
            hyperparameters=Hyperparameters(epochs=1, learning_rate=1e-3),
            seed=1,
        )


def test_an_interrupted_pretraining_is_not_taken_up_in_another_shape(
    bench: Bench, tmp_path: Path
) -> None:
    """What was begun is the same only with the same tokenizer, shape and share of masks."""
    saves = Saves(tmp_path / "saves", every=1)

    def stop(update: Update) -> None:
        if update.done == 2:
            raise _StopError

    def run(shape: EncoderShape, progress: Callable[[Update], None] | None = None) -> None:
        pretrain(
            bench.tokenizer,
            tmp_path / "out",
            name="tiny",
            shape=shape,
            texts={"en": ["Anna is here."] * 24},
            translations={},
            hyperparameters=Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=8),
            seed=1,
            execution=Execution(saves=saves, progress=progress),
        )

    with pytest.raises(_StopError):
        run(SHAPE, stop)
    with pytest.raises(TrainingError, match="is not this one"):
        run(replace(SHAPE, layers=1))
    run(SHAPE)
    assert saves.latest() is None


class _StopError(Exception):
    """Ends a training in its middle."""
