"""Runs one optimisation with Hugging Face's Trainer, repeatably."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import TrainerCallback, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from training import precision
from training.errors import TrainingError
from training.precision import Precision
from training.recipe import Hyperparameters
from training.resumable import Collate, Order, ResumableTrainer
from training.saves import Saves


@dataclass(frozen=True)
class Update:
    """How far a phase is.

    Attributes:
        loss: Of the last update; None before the first.
    """

    done: int
    total: int
    loss: float | None = None


@dataclass(frozen=True)
class Execution:
    """How a phase is carried out.

    Attributes:
        saves: Where it is kept while it goes on; None to keep nothing.
        progress: Called with every save, at the end, and in between.
        tell_every_s: Between two of these calls, at least: reading the loss makes a GPU wait.
    """

    precision: Precision = "fp32"
    saves: Saves | None = None
    progress: Callable[[Update], None] | None = None
    tell_every_s: float = 0.25


def fit(
    model: torch.nn.Module,
    items: Sequence[dict[str, Any]],
    collate: Collate,
    hyperparameters: Hyperparameters,
    seed: int,
    *,
    execution: Execution | None = None,
    order: Order | None = None,
) -> int:
    """Train the model in place, from the last save on where there is one.

    On a CPU, equal seeds, items and numbers of threads give bit-equal weights, interrupted or not.

    Args:
        model: A transformers model whose forward pass returns a loss.
        items: Features before padding.
        collate: Makes a batch of some of them.
        hyperparameters: Of this phase.
        seed: Of order, dropout and masking.
        execution: Saves and progress; none if left out.
        order: Of the items; as the hyperparameters have it if left out.

    Returns:
        The number of updates.

    Raises:
        TrainingError: The device cannot compute in that precision, its memory is too small, the
            batch cannot be shared among processes, or the disk is full.
    """
    how = execution or Execution()
    precision.require(how.precision)
    # A launcher's own setting, or that of a phase before, would win in silence.
    os.environ["ACCELERATE_MIXED_PRECISION"] = "no" if how.precision == "fp32" else how.precision
    with (
        tempfile.TemporaryDirectory() as scratch,
        repeatable(seed),
        _within_memory(hyperparameters),
    ):
        arguments = TrainingArguments(
            output_dir=scratch,
            num_train_epochs=hyperparameters.epochs,
            max_steps=hyperparameters.max_steps or -1,
            learning_rate=hyperparameters.learning_rate,
            gradient_accumulation_steps=hyperparameters.accumulation,
            warmup_ratio=hyperparameters.warmup_share,
            weight_decay=hyperparameters.weight_decay,
            bf16=how.precision == "bf16",
            fp16=how.precision == "fp16",
            seed=seed,
            group_by_length=hyperparameters.by_length,
            remove_unused_columns=False,
            save_strategy="no",
            save_safetensors=False,
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            # A mix trains one head at a time.
            ddp_find_unused_parameters=order is not None,
            use_cpu=not torch.cuda.is_available(),
        )
        arguments.per_device_train_batch_size = _share(hyperparameters, arguments)
        trainer = ResumableTrainer(
            model=model,
            args=arguments,
            train_dataset=list(items),
            collate=collate,
            saves=how.saves,
            order=order,
        )
        for callback in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(callback)
        trainer.add_callback(_Watch(trainer, how))
        return trainer.resume()


class _Watch(TrainerCallback):  # type: ignore[misc]
    """Decides when to save, and tells how far it is."""

    def __init__(self, trainer: ResumableTrainer, how: Execution) -> None:
        self._trainer = trainer
        self._how = how
        self._told_s = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Tell where it begins."""
        del args, control
        self._tell(state, None)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save where it is time; what is finished needs no save any more."""
        del args
        loss, self._trainer.update_loss = self._trainer.update_loss, None
        saves, done = self._how.saves, state.global_step
        is_last = done >= state.max_steps
        control.should_save = saves is not None and done % saves.every == 0 and not is_last
        silent_s = time.monotonic() - self._told_s
        if control.should_save or is_last or silent_s > self._how.tell_every_s:
            self._tell(state, None if loss is None else float(loss))

    def _tell(self, state: Any, loss: float | None) -> None:
        self._told_s = time.monotonic()
        if self._how.progress is not None and state.is_world_process_zero:
            self._how.progress(Update(state.global_step, state.max_steps, loss))


def _share(hyperparameters: Hyperparameters, arguments: TrainingArguments) -> int:
    """Return one device's part of a batch."""
    parts = max(1, arguments.n_gpu) * arguments.world_size * hyperparameters.accumulation
    share, rest = divmod(hyperparameters.batch_size, parts)
    if rest or not share:
        raise TrainingError(
            f"A batch of {hyperparameters.batch_size} cannot be split into {parts} equal parts: "
            f"{hyperparameters.accumulation} of `accumulation` on each of "
            f"{parts // hyperparameters.accumulation} devices.",
            remedy=f"Give a `batch-size` that is a multiple of {parts}.",
        )
    return int(share)


@contextmanager
def _within_memory(hyperparameters: Hyperparameters) -> Iterator[None]:
    """Turn the lack of memory into an error with its remedy."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _no_memory(hyperparameters, error) from error
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):
            raise
        raise _no_memory(hyperparameters, error) from error


def _no_memory(hyperparameters: Hyperparameters, error: Exception) -> TrainingError:
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "This machine"
    more = 2 * hyperparameters.accumulation
    return TrainingError(
        f"{device} has not enough memory for batches of {hyperparameters.batch_size} in "
        f"{hyperparameters.accumulation} part(s): {str(error).strip().splitlines()[0][:200]}",
        remedy=f"Compute each update in more parts: `hyperparameters: {{default: "
        f"{{accumulation: {more}}}}}` keeps {hyperparameters.batch_size} examples an update.",
    )


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Seed every source of chance and forbid algorithms that give other results each time."""
    before = torch.are_deterministic_algorithms_enabled()
    # cuBLAS reads it when it is first used. Some of a GPU's algorithms have no repeatable form.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    set_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
