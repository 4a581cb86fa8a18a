"""Writes a run's own gold in the benchmark's form, so that predictions of a part can be scored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from typing import cast

from device_agent import tasks
from device_agent.contract.runspec import Dataset
from device_agent.contract.samples import Gold, Prediction
from host.data.source import languages_of
from host.scoring.benchmark import TASKS
from host.scoring.derived import DERIVED

Write = Callable[[Mapping[str, Prediction]], str]
"""Writes predictions in their form, which but for two tasks is that of the labels."""


def is_part(datasets: Sequence[Dataset]) -> bool:
    """Tell whether a run took a part of what its data has, so that the data's labels do not fit."""
    drawn = any(
        one.queries < one.available or one.pool < one.available_pool
        for one in datasets
        if one.split == "test"
    )
    # LAReQA's targets are in all its languages, and a run has those of the languages it took.
    pooled = {one.language for one in datasets if one.task == DERIVED}
    return drawn or (bool(pooled) and not pooled.issuperset(languages_of(tasks.get(DERIVED))))


def gold_text(
    task: str, gold: Mapping[str, Gold], predicted: Set[str], write: Write
) -> tuple[str | None, str]:
    """Return a labels file's text, or None and why there is none.

    Args:
        task: Its name.
        gold: Of the run, by sample id.
        predicted: Ids of the samples in the file of predictions.
        write: Of the task's predictions.
    """
    known = next(one for one in TASKS if one.name == task)
    if not gold:
        return None, "the run has no gold for it"
    if task == "bucc2018":
        return _pairs({key: ids for key, ids in gold.items() if key in predicted}), ""
    if known.head == "question-answering":
        return _squad(gold), ""
    if not known.form.by_id and gold.keys() != predicted:
        both = len(gold.keys() & predicted)
        found = f"{both} of {len(predicted)} predictions and {both} of {len(gold)} labels"
        return None, f"{found} go together, and lines have no ids"
    return write(gold), ""


def _pairs(gold: Mapping[str, Gold]) -> str:
    found = ((key, other) for key, ids in gold.items() for other in cast("tuple[str, ...]", ids))
    return "".join(f"{key}\t{other}\n" for key, other in found)


def _squad(gold: Mapping[str, Gold]) -> str:
    """Return SQuAD's form with no more than the scorers read: ids and accepted answers."""
    questions = [
        {"id": key, "answers": [{"text": text} for text in cast("tuple[str, ...]", answers)]}
        for key, answers in gold.items()
    ]
    document = {"version": "1.1", "data": [{"paragraphs": [{"qas": questions}]}]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
