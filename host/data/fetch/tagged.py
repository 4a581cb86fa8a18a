"""Writes UDPOS and PANX: a word a line, a blank line between sentences, tags beside the test."""

from __future__ import annotations

from collections.abc import Iterable

from device_agent import tasks
from device_agent.contract.errors import DataError
from host.data.fetch.rows import TEST, Files, Row, class_names, one_line


def tagged_files(task: str, language: str, split: str, rows: Iterable[Row], *, tags: str) -> Files:
    """Return the files of one language; a word without a letter in it is left out with its tag.

    Args:
        task: udpos or panx.
        language: Of the rows.
        split: test or dev.
        rows: As they were fetched.
        tags: The column of the tags.

    Raises:
        DataError: A sentence has more tags than words, or fewer.
    """
    known = tasks.get(task).labels
    inputs, gold = [], []
    for row in rows:
        words, found = [one_line(word) for word in row["tokens"]], class_names(row, tags, known)
        if len(words) != len(found):
            raise DataError(
                f"{task} in {language}: found {len(found)} tags, expected {len(words)}, one a "
                f"word of {' '.join(words)!r}.",
                remedy="Take the dataset as its authors publish it.",
            )
        pairs = [(word, tag) for word, tag in zip(words, found, strict=True) if word]
        if not pairs:
            continue
        inputs += [word if split == TEST else f"{word}\t{tag}" for word, tag in pairs] + [""]
        gold += [tag for _, tag in pairs] + [""]
    files = {f"{task}/{split}-{language}.tsv": _text(inputs)}
    if split == TEST:
        files[f"labels/{task}/test-{language}.tsv"] = _text(gold)
    return files


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
