"""Check that a checkpoint's config, weights and tokenizer belong together."""

from __future__ import annotations

import re

from export import labels, tokenizer
from export.architectures import HEAD_OF_CLASS
from export.checkpoint import Checkpoint
from export.errors import ExportError

_WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"
_BLOCK = re.compile(r"\.layer\.(\d+)\.")
_LEAST_TOKENS = 16
"""That the graph is traced with; no task has room in less."""

_STRANGE = "a \U0010fffd"
"""Ends in a character of private use, which no vocabulary knows."""


def check(checkpoint: Checkpoint) -> None:
    """Check head, number of classes, vocabulary and layers, as far as the files tell without torch.

    Raises:
        ExportError: What does not fit what.
    """
    _check_head(checkpoint)
    _check_classes(checkpoint)
    _check_length(checkpoint)
    _check_vocabulary(checkpoint)
    _check_padding(checkpoint)
    tokenizer.check_settings(checkpoint.folder, checkpoint.tokenizer)
    _check_layers(checkpoint)


def _check_head(checkpoint: Checkpoint) -> None:
    """Refuse a head that would be initialised at random: it must be named and have its tensors."""
    head = checkpoint.head
    if head == "sentence-embedding":
        return
    needed = checkpoint.architecture.head_tensors[head]
    missing = [name for name in needed if checkpoint.has_tensor(name) is False]
    endings = [ending for ending, known in HEAD_OF_CLASS.items() if known == head]
    if missing or not checkpoint.class_name.endswith(endings[0]):
        lacking = f", and its weights lack {', '.join(missing)}" if missing else ""
        raise ExportError(
            f"{checkpoint.folder}: has no trained {head} head: it was saved by "
            f"{checkpoint.class_name}{lacking}.",
            remedy=f"Fine-tune it first, or name the checkpoint that was fine-tuned for {head}.",
        )


def _check_classes(checkpoint: Checkpoint) -> None:
    """Compare the number of labels in config.json with the head's last layer."""
    if checkpoint.head not in ("sequence-classification", "token-classification"):
        return
    shapes = checkpoint.weights.shapes or {}
    rows = [
        shapes[name][0]
        for name in ("classifier.out_proj.weight", "classifier.weight")
        if name in shapes
    ]
    named = labels.of_config(checkpoint.config)
    if rows and rows[0] != len(named):
        raise ExportError(
            f"{checkpoint.folder}: the head has {rows[0]} classes, but config.json names "
            f"{len(named)}: {', '.join(named)}.",
            remedy="Correct id2label in config.json: one name a class, in the logits' order.",
        )


def _check_vocabulary(checkpoint: Checkpoint) -> None:
    """Compare the tokenizer with the embedding: an id without a row would crash or read garbage."""
    name = f"{checkpoint.architecture.prefix}.{_WORD_EMBEDDINGS}"
    shapes = checkpoint.weights.shapes or {}
    rows = next(
        (shapes[key][0] for key in (name, _WORD_EMBEDDINGS) if key in shapes),
        checkpoint.vocabulary_size,
    )
    if rows != checkpoint.vocabulary_size:
        raise ExportError(
            f"{checkpoint.folder}: the word embedding has {rows:,} rows, but config.json says "
            f"vocab_size {checkpoint.vocabulary_size:,}.",
            remedy="Copy config.json and weights from the same checkpoint.",
        )
    highest = max(tokenizer.highest_id(checkpoint.tokenizer), *_some_ids(checkpoint))
    if highest >= rows:
        raise ExportError(
            f"{checkpoint.folder}: the tokenizer gives ids up to {highest:,}, but the word "
            f"embedding has {rows:,} rows: they do not belong together.",
            remedy="Copy the tokenizer that the model was trained with into the folder.",
        )


def _some_ids(checkpoint: Checkpoint) -> list[int]:
    """Return the ids of a text that shows what a vocabulary does not: special and unknown tokens.

    Raises:
        ExportError: The tokenizer cannot split it.
    """
    try:
        found: list[int] = checkpoint.tokenizer.encode(_STRANGE).ids
    except Exception as error:  # tokenizers raises nothing narrower.
        raise ExportError(
            f"{checkpoint.folder}: the tokenizer cannot split text with unknown characters: "
            f"{error}.",
            remedy="Copy the tokenizer that the model was trained with into the folder.",
        ) from error
    return found


def _check_padding(checkpoint: Checkpoint) -> None:
    """Where positions count from the padding's id, another one would shift every position."""
    known = checkpoint.tokenizer.token_to_id("<pad>")
    named = checkpoint.config.get("pad_token_id")
    if checkpoint.architecture.pads_positions and known not in (None, named):
        raise ExportError(
            f"{checkpoint.folder}: config.json says pad_token_id {named}, but the tokenizer's "
            f"<pad> has the id {known}: they do not belong together.",
            remedy="Copy config.json and tokenizer from the same checkpoint.",
        )


def _check_length(checkpoint: Checkpoint) -> None:
    if checkpoint.max_tokens < _LEAST_TOKENS:
        raise ExportError(
            f"{checkpoint.folder}: config.json says that the longest input has "
            f"{checkpoint.max_tokens} tokens, expected at least {_LEAST_TOKENS}.",
            remedy="Copy config.json and weights from the same checkpoint.",
        )


def _check_layers(checkpoint: Checkpoint) -> None:
    """Compare the number of blocks: loading would drop those that config.json does not count."""
    found = {
        int(match[1]) for name in checkpoint.weights.shapes or {} if (match := _BLOCK.search(name))
    }
    if found and found != set(range(len(found))):
        raise ExportError(
            f"{checkpoint.folder}: the weights have {len(found)} blocks up to number {max(found)}: "
            "some are missing.",
            remedy="Copy or download the checkpoint again.",
        )
    if found and len(found) != checkpoint.layers:
        raise ExportError(
            f"{checkpoint.folder}: the weights have {len(found)} blocks, but config.json says "
            f"{checkpoint.layers}.",
            remedy="Copy config.json and weights from the same checkpoint.",
        )
