"""Writes XNLI and PAWS-X: two sentences a line, gold beside the test split."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from device_agent import tasks
from host.data.fetch.rows import TEST, Files, Row, class_name, one_line


def pair_files(
    task: str, language: str, split: str, rows: Iterable[Row], *, sentences: tuple[str, str]
) -> Files:
    """Return the files of one language.

    Written with `csv.writer` and its CRLF and quotes, as upstream's preprocessing does
    (`utils_preprocess.py`), whose reader knows no quotes. A row without a label is left out.

    Args:
        task: xnli or pawsx.
        language: Of the rows.
        split: test or dev.
        rows: As they were fetched.
        sentences: The columns of the two.
    """
    labels = tasks.get(task).labels
    inputs, gold = io.StringIO(newline=""), []
    writer = csv.writer(inputs, delimiter="\t")
    for row in rows:
        label = class_name(row, "label", labels)
        if label is None:
            continue
        fields = [one_line(row[column]).strip() for column in sentences]
        writer.writerow(fields if split == TEST else [*fields, label])
        gold.append(f"{label}\n")
    files = {f"{task}/{split}-{language}.tsv": inputs.getvalue()}
    if split == TEST:
        files[f"labels/{task}/test-{language}.tsv"] = "".join(gold)
    return files
