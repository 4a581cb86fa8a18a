"""XCOPA: which of two sentences is the cause, or the effect, of a premise? In XTREME-R only.

English is COPA: fine-tuned on, and counted by no suite; a study may name it all the same. The
published test files have a label of 0 in every row, written over the true one, so a test split's
gold comes from `labels/` or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from device_agent.contract.samples import ChoiceInput, Sample
from device_agent.tasks.families.scored_by_accuracy import ScoredByAccuracy
from device_agent.tasks.families.splits import check_split, labels_file
from device_agent.tasks.heads.multiple_choice import MultipleChoice
from device_agent.tasks.protocol import Task
from device_agent.tasks.reading.json_lines import read_json_lines
from device_agent.tasks.reading.lines import malformed, unequal

_XTREME_R = "et ht id it qu sw ta th tr vi zh"


class _Question(msgspec.Struct):
    premise: str
    choice1: str
    choice2: str
    question: Literal["cause", "effect"]
    label: Literal[0, 1] | None = None


class _Label(msgspec.Struct):
    label: Literal[0, 1]


@dataclass(frozen=True)
class Copa(ScoredByAccuracy):
    """A `Task`; scored by accuracy on the choice's index."""

    name: str = "xcopa"
    labels: tuple[str, ...] = ()
    languages_xtreme: tuple[str, ...] = ()
    languages_xtreme_r: tuple[str, ...] = tuple(_XTREME_R.split())
    languages_beyond: tuple[str, ...] = ("en",)
    head: MultipleChoice = MultipleChoice()  # noqa: RUF009 it is frozen
    primary: str = "accuracy"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `xcopa/<split>-<language>.jsonl`; splits are train, val (or dev) and test.

        Raises:
            DataError: A file is missing or malformed, or gold and inputs differ in length.
        """
        check_split(self.name, split, ("train", "val", "dev", "test"))
        path = root / self.name / f"{'val' if split == 'dev' else split}-{language}.jsonl"
        rows = read_json_lines(path, _Question)
        gold_path = labels_file(root, self.name, language, split, "jsonl")
        return [
            Sample(
                id=f"{language}-{number}",
                input=ChoiceInput(
                    prompt=f"{row.premise} What was the {row.question}?",
                    choices=(row.choice1, row.choice2),
                ),
                gold=label,
            )
            for number, (row, label) in enumerate(
                zip(rows, _gold(rows, path, gold_path), strict=True)
            )
        ]


def _gold(rows: list[_Question], path: Path, gold_path: Path | None) -> list[int | None]:
    """Return each row's label: its own in a split with gold, else the labels file's."""
    if gold_path is None:
        for number, row in enumerate(rows, start=1):
            if row.label is None:
                raise malformed(path, number, "no label", "label 0 or 1")
        return [row.label for row in rows]
    if not gold_path.exists():
        return [None] * len(rows)
    labels = [row.label for row in read_json_lines(gold_path, _Label)]
    if len(labels) != len(rows):
        raise unequal(gold_path, len(labels), path, len(rows), "labels")
    return list(labels)


TASK: Task = Copa()
