"""Decide what an artifact's classes are called, so that a prediction means what the gold means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device_agent.contract.artifact import HeadName
from export.errors import ExportError

_WITH_CLASSES = {"sequence-classification", "token-classification"}
_GENERIC = re.compile(r"LABEL_\d+")
_SHOWN = 120


@dataclass(frozen=True)
class Labels:
    """Class names in the order of the logits.

    Attributes:
        names: Empty for heads without classes.
        note: What the user should know of where the names come from; None if from the checkpoint.
    """

    names: tuple[str, ...]
    note: str | None = None


def of_config(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in config.json: `id2label`, else as many generic ones as `num_labels`.

    Raises:
        ExportError: `id2label` does not name the classes from 0 on, each by a name of its own.
    """
    named = config.get("id2label")
    if isinstance(named, Mapping) and named:
        numbers = {str(index): index for index in range(len(named))}
        names = [
            label for _, label in sorted(named.items(), key=lambda item: numbers.get(item[0], -1))
        ]
        if (
            named.keys() != numbers.keys()
            or not all(names)
            or len(set(map(str, names))) < len(names)
        ):
            raise ExportError(
                f"config.json: id2label is {str(named)[:_SHOWN]}, expected a name of its own for "
                f"each of the classes 0 to {len(named) - 1}.",
                remedy="Correct id2label in config.json: one name a class, in the logits' order.",
            )
        return tuple(map(str, names))
    count = config.get("num_labels")
    return tuple(f"LABEL_{index}" for index in range(count if isinstance(count, int) else 2))


def resolve(
    config: Mapping[str, Any],
    head: HeadName,
    *,
    wanted: Sequence[str] | None,
    official: Sequence[str],
    checkpoint: str,
) -> Labels:
    """Name the classes: as the caller says, else as the checkpoint says, else as the task does.

    XTREME's own fine-tuning code leaves `LABEL_0`, `LABEL_1`, … in config.json and trains in the
    official order of the task's labels, so that order is taken for generic names, with a note.

    Args:
        config: The checkpoint's config.json.
        head: Heads without classes get no names.
        wanted: The caller's names in the order of the logits; None if the caller names none.
        official: The task's labels; empty if the task is not known or has none.
        checkpoint: What the message calls the checkpoint.

    Raises:
        ExportError: The number of classes or their names do not fit the task.
    """
    if head not in _WITH_CLASSES:
        return Labels(())
    found = of_config(config)
    if wanted is not None:
        _check_count(found, wanted, checkpoint, "the labels given")
        return Labels(tuple(wanted))
    if not official:
        return Labels(found)
    if all(_GENERIC.fullmatch(name) for name in found):
        _check_count(found, official, checkpoint, "the task")
        note = (
            f"{checkpoint}: config.json names no labels; taken as {', '.join(official)}, the "
            "benchmark's order. If it was trained in another one, name them in its id2label."
        )
        return Labels(tuple(official), note)
    spelling = {name.lower(): name for name in official}
    names = tuple(spelling.get(name.lower(), name) for name in found)
    missing = [name for name in official if name not in names]
    unknown = [name for name in names if name not in official]
    # A tagger may know more tags than one benchmark uses; a classifier's every answer must count.
    if missing or (unknown and head == "sequence-classification"):
        raise ExportError(
            f"{checkpoint}: its labels are {', '.join(found)}; expected {', '.join(official)}.",
            remedy="Name the task's labels in id2label of config.json, in the order of the logits.",
        )
    return Labels(names)


def _check_count(
    found: Sequence[str], expected: Sequence[str], checkpoint: str, expected_by: str
) -> None:
    if len(found) != len(expected):
        raise ExportError(
            f"{checkpoint}: the head has {len(found)} classes, expected {len(expected)} "
            f"by {expected_by}: {', '.join(expected)}.",
            remedy="Choose the checkpoint that was fine-tuned for this task.",
        )
