"""Phase 2 with several tasks at once, or with masked text beside them; the encoder is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, DataCollatorForLanguageModeling

from device_agent.contract.codec import encode
from device_agent.digest import digest_bytes
from device_agent.tasks.heads.tokenisation import one_text
from export.quiet import quiet
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
from training.lineage import MASKED_TEXT, PartRun, Phase, read_training
from training.machine import is_main, wait_for_all
from training.masked import MASKED_TOKENS, MaskedText
from training.mixture import TASK, MixedBatches, MixedOrder, SharedEncoder
from training.model import checkpoint_digest, load_with_head
from training.recipe import Hyperparameters
from training.tune import encoded

_LONGEST_TEXT = 256
"""Tokens of a line of masked text; the rest is left out."""


@dataclass(frozen=True)
class Ingredient:
    """One task of a mix.

    Attributes:
        languages: Of the examples.
    """

    learning: LearningTask
    examples: Sequence[Example]
    languages: Sequence[str]

    @property
    def part(self) -> Part:
        """What it is, as an identity has it."""
        return Part(
            task=self.learning.name,
            languages=tuple(sorted(self.languages)),
            examples=len(self.examples),
            data_digest=digest(self.examples),
            classes=self.learning.classes(self.examples),
        )


def masked_part(masked: MaskedText) -> Part:
    """Return what masked text is, as an identity has it."""
    return Part(
        task=MASKED_TEXT,
        languages=tuple(sorted(masked.texts)),
        examples=len(masked.lines),
        data_digest=masked.digest,
    )


def blend(
    base: Path,
    output: Path,
    *,
    ingredients: Sequence[Ingredient],
    hyperparameters: Hyperparameters,
    seed: int,
    cap: int | None = None,
    masked: MaskedText | None = None,
    execution: Execution | None = None,
    key: str | None = None,
) -> None:
    """Train one encoder on all tasks in turn and write its folder, with the record.

    Args:
        base: A checkpoint in the usual Hugging Face layout.
        output: The encoder's folder.
        ingredients: The tasks, each with a head of its own that is not kept.
        hyperparameters: Of the whole; an epoch has every task's items, up to the cap.
        seed: Of the heads' weights, the order, the dropout and the masking.
        cap: Most items of a task in an epoch; other items take their turn in the next.
        masked: Text for masked language modelling beside; its share of the updates is fixed.
        execution: Precision, saves, progress.
        key: What the record is to be known by.

    Raises:
        TrainingError: A task has no example, a label is not known, the base is of no use, another
            phase was begun where it is to be kept, or the disk is full.
    """
    _refuse_nothing(ingredients)
    how = execution or Execution()
    parts = [one.part for one in ingredients]
    collators: dict[str, Any] = {}
    items: list[Features] = []
    models: dict[str, Any] = {}
    with repeatable(seed):
        for one, part in zip(ingredients, parts, strict=True):
            learner = heads.get(one.learning.task.head.name)
            model = load_with_head(base, learner.model_class, part.classes, part.task)
            rows = encoded(model, base, one.learning, one.examples, part.classes)
            items += [{**row, TASK: part.task} for row in rows]
            collators[part.task] = Padding(model.config.pad_token_id, learner.padding())
            models[part.task] = model
        if masked is not None:
            parts.append(masked_part(masked))
            models[MASKED_TEXT] = load_with_head(base, "AutoModelForMaskedLM", (), MASKED_TEXT)
            items += _masked_items(base, models[MASKED_TEXT], masked)
            collators[MASKED_TEXT] = _masking(base)
        shared = SharedEncoder(load_with_head(base, "AutoModel", (), "the mix"), models)
    identity = Identity(
        phase="intermediate",
        base=checkpoint_digest(base),
        parts=tuple(parts),
        hyperparameters=settings(hyperparameters),
        seed=seed,
        precision=how.precision,
        cap=cap,
        masked_share=masked.share if masked else 0.0,
    )
    order = partial(
        MixedOrder,
        [item[TASK] for item in items],
        cap=cap,
        beside=MASKED_TEXT if masked else None,
        share=identity.masked_share,
    )
    with begun(how.saves, identity) as machine:
        steps = fit(
            shared,
            items,
            MixedBatches(collators),
            hyperparameters,
            seed,
            execution=how,
            order=order,
        )
    record = read_training(base).after(
        Phase(
            name="intermediate",
            task=identity.title,
            languages=tuple(sorted({language for part in parts for language in part.languages})),
            examples=sum(part.examples for part in parts),
            steps=steps,
            epochs=hyperparameters.epochs,
            learning_rate=hyperparameters.learning_rate,
            batch_size=hyperparameters.batch_size,
            warmup_share=hyperparameters.warmup_share,
            weight_decay=hyperparameters.weight_decay,
            seed=seed,
            data_digest=digest_bytes(encode([part.data_digest for part in parts])),
            accumulation=hyperparameters.accumulation,
            max_steps=hyperparameters.max_steps,
            precision=how.precision,
            base_digest=identity.base,
            cap=cap,
            masked_share=identity.masked_share,
            parts=tuple(
                PartRun(
                    task=part.task,
                    languages=part.languages,
                    examples=part.examples,
                    data_digest=part.data_digest,
                )
                for part in parts
            ),
            machine=machine,
        ),
        key,
    )
    shared.encoder.config.num_labels = 2
    if is_main():
        checkpoint.save(shared.encoder, base, output, record, half=False)
    wait_for_all()
    if how.saves is not None:
        how.saves.clear()


def _refuse_nothing(ingredients: Sequence[Ingredient]) -> None:
    for one in ingredients:
        if not one.examples:
            raise TrainingError(
                f"{one.learning.name}: there is no example to learn from.",
                remedy="Name a folder that has the task's training data.",
            )


def _masked_items(base: Path, model: Any, masked: MaskedText) -> list[Features]:
    pieces = load_tokenizer(base)
    # XLM-R's first position comes after the padding token's.
    room = min(_LONGEST_TEXT, model.config.max_position_embeddings - 2)
    return [
        {"input_ids": one_text(pieces, line, room).ids, TASK: MASKED_TEXT} for line in masked.lines
    ]


def _masking(base: Path) -> DataCollatorForLanguageModeling:
    """Return what masks the tokens of a batch.

    Raises:
        TrainingError: The base's tokenizer has no mask token.
    """
    try:
        with quiet():
            fast = AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        return DataCollatorForLanguageModeling(fast, mlm_probability=MASKED_TOKENS)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{base}: no masked language modelling with its tokenizer: "
            f"{str(error).strip().splitlines()[0]}",
            remedy="Leave `masked-text` out, or name a base whose tokenizer has a mask token.",
        ) from error
