"""Open a checkpoint folder and refuse what cannot be exported, before torch is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from device_agent.contract import codec
from device_agent.contract.artifact import HeadName
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes, digest_file
from export import fitness, hub, lineage, tokenizer, weights
from export.architectures import HEAD_OF_CLASS, Architecture, architecture
from export.background import Background
from export.checkpoint import CONFIG_NAME, Checkpoint
from export.errors import ExportError


def open_checkpoint(reference: str | Path, head: HeadName | None = None) -> Checkpoint:
    """Open and check a checkpoint.

    Args:
        reference: A folder in the usual Hugging Face layout, or a hub name for users online.
        head: The head to export; None for the one that the checkpoint was saved with.

    Raises:
        ExportError: What is missing, damaged or does not fit, and what to do.
    """
    folder = hub.locate(reference)
    config = _read_config(folder)
    family = architecture(config.get("model_type"), config)
    class_name = _class_name(config, folder)
    found = weights.find(folder)
    token_files = tokenizer.files(folder)
    sizes = _sizes(config, family, folder)
    head = head or _saved_head(class_name, folder)
    _check_head(family, head, folder)
    checkpoint = Checkpoint(
        folder=folder,
        config=config,
        class_name=class_name,
        architecture=family,
        head=head,
        weights=found,
        tokenizer=tokenizer.load(folder),
        record=lineage.read(folder),
        hashing=Background(partial(_digest, (folder / CONFIG_NAME, *found.files, *token_files))),
        **sizes,
    )
    fitness.check(checkpoint)
    return checkpoint


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG_NAME
    if not path.is_file():
        raise ExportError(
            f"{folder}: not a checkpoint: there is no {CONFIG_NAME}.",
            remedy="Name the folder that `model.save_pretrained(FOLDER)` wrote.",
        )
    try:
        config = json.loads(path.read_bytes())
        if not isinstance(config, dict):
            raise ValueError(f"an object is expected, found {type(config).__name__}")  # noqa: TRY301, TRY004 one exit
    except (ValueError, RecursionError) as error:
        raise ExportError(
            f"{path}: cannot be read: {error}.", remedy="Copy or download the checkpoint again."
        ) from error
    return config


def _class_name(config: Mapping[str, Any], folder: Path) -> str:
    named = config.get("architectures")
    if not isinstance(named, list) or len(named) != 1:
        raise ExportError(
            f"{folder / CONFIG_NAME}: `architectures` is {named!r}, expected one class name.",
            remedy="Save the model again with `model.save_pretrained(FOLDER)`.",
        )
    # XLM's plain head for spans is called so; its other one searches by beams, and is not exported.
    return str(named[0]).removesuffix("Simple")


def _sizes(config: Mapping[str, Any], family: Architecture, folder: Path) -> dict[str, int]:
    # Early XLM checkpoints say n_words.
    vocabulary = "vocab_size" if "vocab_size" in config else "n_words"
    try:
        sizes = {
            "max_tokens": family.max_tokens(config),
            "vocabulary_size": config[vocabulary],
            "hidden_size": config[family.hidden_size_key],
            "layers": config[family.layers_key],
        }
        odd = {name: value for name, value in sizes.items() if type(value) is not int}
        if odd:
            raise ValueError(f"expected whole numbers, found {odd}")  # noqa: TRY301 one exit
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ExportError(
            f"{folder / CONFIG_NAME}: lacks a size of the model, or has it in another form: "
            f"{error}.",
            remedy="Save the model again with `model.save_pretrained(FOLDER)`.",
        ) from error
    return sizes


def _saved_head(class_name: str, folder: Path) -> HeadName:
    for ending, head in HEAD_OF_CLASS.items():
        if class_name.endswith(ending):
            return head
    raise ExportError(
        f"{folder}: was saved by {class_name}, which has no head that an artifact can have.",
        remedy="Name a checkpoint fine-tuned for a task, or pass `--task tatoeba` to export its "
        "encoder for retrieval.",
    )


def _check_head(family: Architecture, head: HeadName, folder: Path) -> None:
    if head != "sentence-embedding" and head not in family.head_tensors:
        raise ExportError(
            f"{folder}: the family {family.model_type} has no {head} head in transformers; "
            f"it has {', '.join(sorted(family.head_tensors))}.",
            remedy="Choose a checkpoint of another family for this task.",
        )


def _digest(files: tuple[Path, ...]) -> Digest:
    """Return one digest over names and contents."""
    return digest_bytes(codec.encode({path.name: digest_file(path) for path in files}))
