"""Phases 2 and 3: train an encoder on a task, then keep the encoder, or the whole with its head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from export.tokenizer import load as load_tokenizer
from training import checkpoint, heads
from training.batches import Padding
from training.begun import begun
from training.errors import TrainingError
from training.examples import Example, digest
from training.fit import Execution, fit, repeatable
from training.heads.protocol import Features
from training.identity import Identity, Part, settings
from training.learning import LearningTask
from training.lineage import Phase, read_training
from training.machine import is_main, wait_for_all
from training.model import checkpoint_digest, head_within, load_with_head
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
    execution: Execution | None = None,
    key: str | None = None,
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
        execution: Precision, saves, progress; with it, the record tells the machine too.
        key: What the record is to be known by.

    Raises:
        TrainingError: There is no example, a label is not known, the base is of no use, the
            device cannot, another phase was begun where it is to be kept, or the disk is full.
    """
    if not examples:
        raise TrainingError(
            f"{learning.name}: there is no example to learn from.",
            remedy="Name a folder that has the task's training data.",
        )
    chosen = hyperparameters or learning.hyperparameters
    classes = learning.classes(examples)
    learner = heads.get(learning.task.head.name)
    with repeatable(seed):
        model = load_with_head(base, learner.model_class, classes, learning.name)
    part = Part(
        task=learning.name,
        languages=tuple(sorted(languages)),
        examples=len(examples),
        data_digest=digest(examples),
        classes=classes,
    )
    how = execution or Execution()
    identity = Identity(
        phase=phase,
        base=checkpoint_digest(base) if execution else "",
        parts=(part,),
        hyperparameters=settings(chosen),
        seed=seed,
        precision=how.precision,
    )
    with begun(how.saves, identity) as machine:
        steps = fit(
            model,
            encoded(model, base, learning, examples, classes),
            Padding(model.config.pad_token_id, learner.padding()),
            chosen,
            seed,
            execution=how,
        )
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
            data_digest=part.data_digest,
            accumulation=chosen.accumulation,
            max_steps=chosen.max_steps if execution else None,
            random_order=not chosen.by_length,
            precision=how.precision,
            base_digest=identity.base or None,
            machine=machine if execution else None,
        ),
        key,
    )
    if phase == "intermediate":
        model = model.base_model
        model.config.num_labels = 2
    if is_main():
        checkpoint.save(model, base, output, record, half=half)
    wait_for_all()
    if how.saves is not None:
        how.saves.clear()


def encoded(
    model: Any,
    base: Path,
    learning: LearningTask,
    examples: Sequence[Example],
    classes: Sequence[str],
) -> list[Features]:
    """Encode the examples with the device's own code, no longer than the model's positions allow.

    Raises:
        TrainingError: An example has a label that is none of the classes.
    """
    learner = heads.get(learning.task.head.name)
    head = head_within(learning.task.head, model)
    pieces = load_tokenizer(base)
    return [
        item for example in examples for item in learner.features(head, pieces, example, classes)
    ]
