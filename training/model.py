"""Opens a base with a task's head, and refuses one whose head says otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import transformers

from device_agent.contract.codec import encode
from device_agent.digest import digest_bytes, digest_file
from device_agent.tasks.protocol import Head
from export import labels, weights
from export.quiet import quiet
from export.tokenizer import files as tokenizer_files
from training.errors import TrainingError

_CONFIG = "config.json"


def load_with_head(base: Path, model_class: str, classes: tuple[str, ...], task: str) -> Any:
    """Load the base with a head of these classes: its own where it has just these, else a new one.

    Raises:
        TrainingError: The base is no model, or has a head for other classes.
    """
    named = (
        {"id2label": dict(enumerate(classes)), "label2id": {c: n for n, c in enumerate(classes)}}
        if classes
        else {"num_labels": 2}
    )
    _refuse_other_classes(base, model_class, classes, task)
    try:
        with quiet():
            return getattr(transformers, model_class).from_pretrained(
                str(base), local_files_only=True, **named
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingError(
            f"{base}: cannot be the base of {task}: {str(error).strip().splitlines()[0]}",
            remedy="Name a folder that `model.save_pretrained(FOLDER)` wrote, an encoder or one "
            "with the same head.",
        ) from error


def _refuse_other_classes(
    base: Path, model_class: str, classes: tuple[str, ...], task: str
) -> None:
    try:
        config = json.loads((base / _CONFIG).read_bytes())
        saved_by = str((config.get("architectures") or [""])[0])
    except (OSError, ValueError, AttributeError):
        # Loading it says what is wrong with it.
        return
    own = labels.of_config(config)
    is_same_head = saved_by.endswith(model_class.removeprefix("AutoModel"))
    is_generic = all(label == f"LABEL_{n}" for n, label in enumerate(own))
    fits = own == classes or (is_generic and len(own) == len(classes))
    if classes and is_same_head and not fits:
        raise TrainingError(
            f"{base}: its head has {_listed(own)}, but {task} has {_listed(classes)}.",
            remedy="Name the encoder alone as base: `AutoModel.from_pretrained(FOLDER)"
            ".save_pretrained(OTHER)`, with the tokenizer beside it.",
        )


def _listed(classes: tuple[str, ...]) -> str:
    shown = ", ".join(classes[:6])
    return f"{len(classes)} classes ({shown}{', …' if len(classes) > 6 else ''})"


def head_within(head: Any, model: Any) -> Head:
    """Return the head with rows no longer than the model's positions allow."""
    config = model.config
    positions = config.max_position_embeddings
    if config.model_type in {"xlm-roberta", "xlm-roberta-xl", "roberta", "camembert"}:
        positions -= config.pad_token_id + 1
    limited: Head = replace(head, max_tokens=min(head.max_tokens, positions))
    return limited


def checkpoint_files(folder: Path) -> tuple[Path, ...]:
    """Return configuration, weights and tokenizer of a checkpoint.

    Raises:
        ExportError: It has no weights or no tokenizer.
        TrainingError: It has no configuration.
    """
    if not (folder / _CONFIG).is_file():
        raise TrainingError(
            f"{folder}: no {_CONFIG}, expected a checkpoint in Hugging Face's layout.",
            remedy="Name a folder that `model.save_pretrained(FOLDER)` wrote.",
        )
    return (folder / _CONFIG, *weights.find(folder).files, *tokenizer_files(folder))


def checkpoint_digest(folder: Path) -> str:
    """Return the identity of configuration, weights and tokenizer. Raises as `checkpoint_files`."""
    return digest_bytes(encode({p.name: digest_file(p) for p in checkpoint_files(folder)}))
