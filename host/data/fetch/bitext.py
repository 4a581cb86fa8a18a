"""Writes Tatoeba: two sides a file each, and which foreign row each English one belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from host.data.fetch.rows import TEST, Files, Row, one_line


def bitext_files(
    task: str, language: str, split: str, rows: Iterable[Row], *, sides: tuple[str, str]
) -> Files:
    """Return the files of one language.

    The English side is sorted, as upstream's preprocessing leaves it (`utils_preprocess.py`), so
    that a row's place does not give its translation away; the labels do.

    Args:
        task: tatoeba.
        language: Of the foreign side.
        split: test, the only one.
        rows: As they were fetched.
        sides: The columns of the foreign and of the English sentence.
    """
    assert split == TEST
    pairs = [tuple(one_line(row[side]).strip() for side in sides) for row in rows]
    order = sorted(range(len(pairs)), key=lambda row: pairs[row][1])
    return {
        f"{task}/{language}-en.{language}": _lines(foreign for foreign, _ in pairs),
        f"{task}/{language}-en.en": _lines(pairs[row][1] for row in order),
        f"labels/{task}/test-{language}.tsv": _lines(map(str, order)),
    }


def _lines(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
