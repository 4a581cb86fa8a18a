"""Tagging: a tag a line and a blank line between sentences (UDPOS, PANX)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.errors import DataError
from host.scoring.forms.compared import Compared
from host.scoring.forms.uneven import uneven
from host.scoring.forms.values import read_values

Tags = tuple[str, ...]


def compare_tags(predictions: Path, labels: Path, classes: Sequence[str]) -> Compared:
    """Compare tags sentence by sentence.

    The official script looks at the number of sentences only: a sentence that is too short shifts
    all that follow it, and its number means nothing. Here each sentence must have its tags.

    Raises:
        DataError: A file is missing or unreadable, the labels are no tags of the task, or the two
            differ in sentences or tags.
    """
    gold = _sentences(labels)
    _check_labels(labels, gold, classes)
    found = _sentences(predictions)
    if len(found) != len(gold):
        raise uneven(predictions, len(found), labels, len(gold), "sentences")
    for number, (tags, wanted) in enumerate(zip(found, gold, strict=True), start=1):
        if len(tags) != len(wanted):
            place = predictions.with_name(f"{predictions.name}, sentence {number}")
            raise uneven(place, len(tags), labels, len(wanted), "tags")
    return Compared(_by_number(gold), _by_number(found))


def _sentences(path: Path) -> list[Tags]:
    """Split the file at its blank lines; several in a row count as one."""
    sentences: list[list[str]] = [[]]
    for tag in read_values(path):
        if tag:
            sentences[-1].append(tag)
        elif sentences[-1]:
            sentences.append([])
    return [tuple(tags) for tags in sentences if tags]


def _check_labels(path: Path, sentences: Sequence[Tags], classes: Sequence[str]) -> None:
    """Refuse the inputs in place of the labels: a test split has its words, one a line, too."""
    tags = [tag for sentence in sentences for tag in sentence]
    strange = [tag for tag in tags if tag not in classes]
    if 2 * len(strange) > len(tags):
        raise DataError(
            f"{path}: found {len(strange)} of {len(tags)} lines that are no tag, first "
            f"{strange[0]!r}; expected {', '.join(classes)}.",
            remedy="Name the folder of the labels, not that of the inputs, with --labels.",
        )


def _by_number(sentences: Sequence[Tags]) -> dict[str, Tags]:
    return {str(number): tags for number, tags in enumerate(sentences, start=1)}
