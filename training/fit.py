"""Runs one optimisation with Hugging Face's Trainer, repeatably."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from training.recipe import Hyperparameters


def fit(
    model: torch.nn.Module,
    items: Sequence[dict[str, Any]],
    collate: Callable[..., dict[str, torch.Tensor]],
    hyperparameters: Hyperparameters,
    seed: int,
) -> int:
    """Train the model in place.

    On a CPU, equal seeds, items and numbers of threads give bit-equal weights.

    Args:
        model: A transformers model whose forward pass returns a loss.
        items: Features before padding.
        collate: Makes a batch of some of them.
        hyperparameters: Of this phase.
        seed: Of order, dropout and masking.

    Returns:
        The number of updates.
    """
    with tempfile.TemporaryDirectory() as scratch, repeatable(seed):
        arguments = TrainingArguments(
            output_dir=scratch,
            num_train_epochs=hyperparameters.epochs,
            max_steps=hyperparameters.max_steps or -1,
            learning_rate=hyperparameters.learning_rate,
            per_device_train_batch_size=hyperparameters.batch_size,
            warmup_ratio=hyperparameters.warmup_share,
            weight_decay=hyperparameters.weight_decay,
            seed=seed,
            group_by_length=True,
            remove_unused_columns=False,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = Trainer(
            model=model, args=arguments, train_dataset=list(items), data_collator=collate
        )
        for callback in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(callback)
        return int(trainer.train().global_step)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Seed every source of chance and forbid algorithms that give other results each time."""
    before = torch.are_deterministic_algorithms_enabled()
    set_seed(seed)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
