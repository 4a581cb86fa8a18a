"""Writes XCOPA: a question a line, labels of the test split in a file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable

from host.data.fetch.rows import TEST, Files, Row

_COLUMNS = ("premise", "choice1", "choice2", "question")


def choice_files(task: str, language: str, split: str, rows: Iterable[Row]) -> Files:
    """Return the files of one language; upstream calls the dev split `val`."""
    inputs, gold = [], []
    for row in rows:
        question = {column: row[column] for column in _COLUMNS}
        label = {"label": int(row["label"])}
        inputs.append(question if split == TEST else question | label)
        gold.append(label)
    name = TEST if split == TEST else "val"
    files = {f"{task}/{name}-{language}.jsonl": _lines(inputs)}
    if split == TEST:
        files[f"labels/{task}/test-{language}.jsonl"] = _lines(gold)
    return files


def _lines(rows: Iterable[object]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
