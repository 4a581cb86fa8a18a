"""Reads one side of a comparable corpus, and the gold pairs between two sides (BUCC)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, read_lines, shorten

Sentences = dict[str, str]
"""Id to text, in the file's order."""

Partners = dict[str, tuple[str, ...]]
"""Query id to the ids of its translations."""


def read_sentences(path: Path) -> Sentences:
    """Return the sentences of `id<TAB>sentence` a line, without space around either.

    Of further columns nothing is read, as upstream cuts the file (`run_bucc2018.sh`).

    Raises:
        DataError: The file is missing or malformed, or an id stands there twice.
    """
    sentences: Sentences = {}
    for number, line in enumerate(read_lines(path), start=1):
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) < 2 or not fields[0]:
            found = _found(line)
            raise malformed(path, number, found, "an id and a sentence, separated by a tab")
        if fields[0] in sentences:
            found = f"id {shorten(fields[0])} a second time"
            raise malformed(path, number, found, "an id of its own for each sentence")
        sentences[fields[0]] = fields[1]
    return sentences


def read_partners(path: Path, queries: Sentences, candidates: Sentences) -> Partners:
    """Return the gold of every query: an empty tuple for one without a translation.

    Blank lines, and pairs that stand there already, change nothing.

    Args:
        path: `query id<TAB>candidate id` a line.
        queries: The sentences that the first column names.
        candidates: Those that the second names.

    Raises:
        DataError: The file is missing or malformed, or names a sentence that there is not.
    """
    found: dict[str, dict[str, None]] = {key: {} for key in queries}
    for number, line in enumerate(read_lines(path), start=1):
        fields = [field.strip() for field in line.strip().split("\t")]
        if fields == [""]:
            continue
        if len(fields) != 2 or not all(fields):
            raise malformed(path, number, _found(line), "two ids, separated by a tab")
        _check(path, number, fields[0], queries)
        _check(path, number, fields[1], candidates)
        found[fields[0]][fields[1]] = None
    return {key: tuple(partners) for key, partners in found.items()}


def first_with_text(sentences: Sentences) -> dict[str, str]:
    """Return the first id with the same text, for each id whose text stands there several times."""
    ids_of: dict[str, list[str]] = {}
    for key, text in sentences.items():
        ids_of.setdefault(text, []).append(key)
    return {key: ids[0] for ids in ids_of.values() if len(ids) > 1 for key in ids}


def _check(path: Path, number: int, key: str, sentences: Mapping[str, str]) -> None:
    if key not in sentences:
        example = shorten(next(iter(sentences), ""))
        expected = f"one of the {len(sentences)} sentences' ids, such as {example}"
        raise malformed(path, number, f"id {shorten(key)}", expected)


def _found(line: str) -> str:
    if not line.strip():
        return "a blank line"
    columns = line.count("\t") + 1
    return f"{columns} column{'s' if columns > 1 else ''} ({shorten(line)})"
