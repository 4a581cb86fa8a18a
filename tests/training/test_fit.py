"""One optimisation: it goes on bit for bit, and says what a device cannot."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainingArguments,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
    XLMRobertaForSequenceClassification,
)

from tests.training.conftest import Bench
from training.batches import Padding
from training.errors import TrainingError
from training.fit import Execution, Update, fit, repeatable
from training.recipe import Hyperparameters
from training.saves import Saves

HYPER = Hyperparameters(epochs=2.5, learning_rate=1e-3, batch_size=8)
SHAPE = {
    "vocab_size": 900,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
    "type_vocab_size": 1,
}


class _StopError(Exception):
    """Ends a training in its middle."""


def items() -> list[dict[str, Any]]:
    """Rows of random tokens in two classes."""
    chooser = random.Random(0)
    return [
        {
            "input_ids": [0, *(chooser.randrange(5, 900) for _ in range(number % 17 + 3)), 2],
            "labels": number % 2,
        }
        for number in range(45)
    ]


def classifier() -> XLMRobertaForSequenceClassification:
    with repeatable(1):
        return XLMRobertaForSequenceClassification(XLMRobertaConfig(**SHAPE))


def equal(one: torch.nn.Module, two: torch.nn.Module) -> bool:
    pairs = zip(one.parameters(), two.parameters(), strict=True)
    return all(torch.equal(first, second) for first, second in pairs)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Sums of this size are faster on one."""
    torch.set_num_threads(1)


@pytest.mark.parametrize(("saved_at", "accumulation"), [(4, 1), (6, 1), (8, 2)])
def test_masking_goes_on_bit_for_bit(
    bench: Bench, tmp_path: Path, saved_at: int, accumulation: int
) -> None:
    """With dropout and masks drawn from chance, within an epoch (6 updates) and at its end."""
    pieces = AutoTokenizer.from_pretrained(bench.tokenizer)
    rows = [{"input_ids": item["input_ids"]} for item in items()]
    collate = DataCollatorForLanguageModeling(pieces, mlm_probability=0.3)
    tuned = Hyperparameters(epochs=2.5, learning_rate=1e-3, batch_size=8, accumulation=accumulation)

    def train(execution: Execution) -> torch.nn.Module:
        with repeatable(1):
            model = XLMRobertaForMaskedLM(XLMRobertaConfig(**SHAPE))
        fit(model, rows, collate, tuned, 3, execution=execution)
        return model

    def stop(update: Update) -> None:
        if update.done > saved_at:
            raise _StopError

    saves = Saves(tmp_path, every=saved_at)
    with pytest.raises(_StopError):
        train(Execution(saves=saves, progress=stop))
    saved = saves.latest()
    assert saved is not None
    assert saved.name == f"update-{saved_at}"
    assert equal(train(Execution()), train(Execution(saves=saves)))


def test_it_learns_what_a_plain_trainer_learns(tmp_path: Path) -> None:
    """The same weights as a script written the usual way leaves, bit for bit."""
    ours, theirs = classifier(), classifier()
    fit(ours, items(), Padding(1), replace(HYPER, by_length=True), 3)
    arguments = TrainingArguments(
        output_dir=str(tmp_path),
        num_train_epochs=2.5,
        learning_rate=1e-3,
        per_device_train_batch_size=8,
        warmup_ratio=0.1,
        weight_decay=0.01,
        seed=3,
        group_by_length=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
    )
    Trainer(model=theirs, args=arguments, train_dataset=items(), data_collator=Padding(1)).train()
    assert equal(ours, theirs)


def test_progress_tells_beginning_and_end() -> None:
    """The total is exact from the first call on, and the last one says that all is done."""
    told: list[Update] = []
    updates = fit(
        classifier(), items(), Padding(1), HYPER, 3, execution=Execution(progress=told.append)
    )
    assert told[0] == Update(0, updates)
    assert (told[-1].done, told[-1].total) == (updates, updates)
    assert told[-1].loss is not None


def test_a_launcher_does_not_change_the_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """`accelerate launch --mixed_precision bf16` would, and the record would say fp32."""
    ours, theirs = classifier(), classifier()
    fit(ours, items(), Padding(1), HYPER, 3)
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    fit(theirs, items(), Padding(1), HYPER, 3)
    assert equal(ours, theirs)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU has these precisions")
def test_a_precision_that_the_device_lacks_is_refused() -> None:
    """A CPU has no fp16, and the remedy is fp32."""
    with pytest.raises(TrainingError, match="precision fp16: found a CPU") as caught:
        fit(classifier(), items(), Padding(1), HYPER, 3, execution=Execution(precision="fp16"))
    assert "fp32" in caught.value.remedy


def test_a_batch_that_cannot_be_split_is_refused() -> None:
    """8 examples in 3 parts: the message has both, the remedy a number that goes."""
    odd = Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=8, accumulation=3)
    with pytest.raises(TrainingError, match="batch of 8 cannot be split into 3") as caught:
        fit(classifier(), items(), Padding(1), odd, 3)
    assert "multiple of 3" in caught.value.remedy


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    ],
)
def test_too_little_memory_says_how_to_need_less(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy keeps the number of examples an update, in more parts."""
    model = classifier()

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(model, "forward", fail)
    with pytest.raises(TrainingError, match="not enough memory for batches of 8") as caught:
        fit(model, items(), Padding(1), HYPER, 3)
    assert "accumulation: 2" in caught.value.remedy
