"""Phases 2 and 3: train an encoder on a task, then keep the encoder, or the whole with its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import transformers

from device_agent.tasks.protocol import Head, Task
from export.quiet import quiet
from export.tokenizer import load as load_tokenizer
from training import checkpoint, heads
from training.batches import Padding
from training.errors import TrainingError
from training.examples import Example, digest
from training.fit import fit, repeatable
from training.heads.protocol import Learner
from training.learning import LearningTask
from training.lineage import Phase, read_training
from training.recipe import Hyperparameters


def tune(
    base: Path,
    output: Path,
    *,
    phase: Literal["intermediate", "target"],
    learning: LearningTask,
    examples: Sequence[Example],
    languages: Sequence[str],
    seed: int,
    hyperparameters: Hyperparameters | None = None,
    half: bool = False,
) -> None:
    """Train one phase and write its folder, with the record of all phases before it.

    Args:
        base: A checkpoint in the usual Hugging Face layout; a head that it has is not used.
        output: Folder of the result: after an intermediate phase the encoder alone, as the next
            phase wants it; after the target phase the model with its head.
        phase: Which of the two.
        learning: What is learned.
        examples: In any order.
        languages: Of the examples, for the record.
        seed: Of the new head's weights, the order and the dropout.
        hyperparameters: None for the task's own.
        half: Store the weights as float16.

    Raises:
        TrainingError: There is no example, a label is not known, the base is of no use, or the
            disk is full.
    """
    if not examples:
        raise TrainingError(
            f"{learning.name}: there is no example to learn from.",
            remedy="Name a folder that has the task's training data.",
        )
    chosen = hyperparameters or learning.hyperparameters
    learner = heads.get(learning.task.head.name)
    with repeatable(seed):
        model = _model(base, learner, learning.task)
    head = _head_within(learning.task.head, model)
    pieces = load_tokenizer(base)
    labels = learning.task.labels
    items = [
        item for example in examples for item in learner.features(head, pieces, example, labels)
    ]
    steps = fit(model, items, Padding(model.config.pad_token_id, learner.padding()), chosen, seed)
    record = read_training(base).after(
        Phase(
            name=phase,
            task=learning.name,
            languages=tuple(sorted(languages)),
            examples=len(examples),
            steps=steps,
            epochs=chosen.epochs,
            learning_rate=chosen.learning_rate,
            batch_size=chosen.batch_size,
            warmup_share=chosen.warmup_share,
            weight_decay=chosen.weight_decay,
            seed=seed,
            data_digest=digest(examples),
        )
    )
    if phase == "intermediate":
        model = model.base_model
        model.config.num_labels = 2
    checkpoint.save(model, base, output, record, half=half)


def _model(base: Path, learner: Learner, task: Task) -> Any:
    """Load the base with a new head of the task's classes."""
    classes = (
        {
            "id2label": dict(enumerate(task.labels)),
            "label2id": {label: number for number, label in enumerate(task.labels)},
        }
        if task.labels
        else {"num_labels": 2}
    )
    try:
        with quiet():
            return getattr(transformers, learner.model_class).from_pretrained(
                str(base), local_files_only=True, **classes
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingError(
            f"{base}: cannot be the base of {task.name}: {str(error).strip().splitlines()[0]}",
            remedy="Name a folder that `model.save_pretrained(FOLDER)` wrote, an encoder or one "
            "with the same head.",
        ) from error


def _head_within(head: Any, model: Any) -> Head:
    """Return the head with rows no longer than the model's positions allow."""
    config = model.config
    positions = config.max_position_embeddings
    if config.model_type in {"xlm-roberta", "roberta", "camembert"}:
        positions -= config.pad_token_id + 1
    limited: Head = replace(head, max_tokens=min(head.max_tokens, positions))
    return limited
