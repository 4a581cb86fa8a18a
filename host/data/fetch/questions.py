"""Writes XQuAD, MLQA and TyDiQA: SQuAD's JSON form, answers blanked in the test split."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from device_agent import tasks
from device_agent.tasks.families.answer_extraction import AnswerExtraction
from host.data.fetch.rows import TEST, Files, Row

Answers = list[dict[str, object]]

_BLANK: Answers = [{"answer_start": 0, "text": ""}]
"""As upstream's preprocessing leaves a test split (`utils_preprocess.py`)."""


def question_files(task: str, language: str, split: str, rows: Iterable[Row]) -> Files:
    """Return the files of one language; questions about one context stand together."""
    asked = list(rows)
    reader = cast("AnswerExtraction", tasks.get(task))
    inputs = str(reader.file(Path(), language, split))
    if split != TEST:
        return {inputs: _squad(asked, blank=False)}
    return {
        inputs: _squad(asked, blank=True),
        f"labels/{task}/test-{language}.json": _squad(asked, blank=False),
    }


def _squad(rows: Sequence[Row], *, blank: bool) -> str:
    paragraphs = [
        {
            "context": context,
            "qas": [
                {
                    "id": row["id"],
                    "question": row["question"],
                    "answers": _BLANK if blank else _answers(row["answers"]),
                }
                for row in group
            ],
        }
        for context, group in groupby(rows, key=lambda row: row["context"])
    ]
    document = {"data": [{"paragraphs": paragraphs}], "version": "1.1"}
    return json.dumps(document, ensure_ascii=False)


def _answers(found: Any) -> Answers:
    """Return a list of answers, whether it is one or, as `datasets` has it, one list a field."""
    if isinstance(found, dict):
        fields = zip(found["text"], found["answer_start"], strict=True)
        return [{"text": text, "answer_start": start} for text, start in fields]
    return [{"text": one["text"], "answer_start": one["answer_start"]} for one in found]
