"""Pairs the rows of each language with those of one reference language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from host.analysis.bundle import Bundle, Cell
from host.analysis.language_fair.parallel import (
    LeftOut,
    is_parallel,
    parallel_row,
    why_not_parallel,
)
from host.analysis.language_fair.rows import Rows

_PREFERRED = "en"
_MIN_ROWS = 2


@dataclass(frozen=True)
class Pairing:
    """Which rows are compared.

    Attributes:
        reference: None where nothing can be paired.
        rows: By task and language, the reference's apart: its sample ids and the reference's of
            the rows that both have.
    """

    reference: str | None
    rows: Mapping[Cell, tuple[tuple[str, str], ...]]
    left_out: tuple[LeftOut, ...]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Tasks with parallel rows."""
        return tuple(sorted({task for task, _ in self.rows}))

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that are compared with the reference."""
        return tuple(sorted({language for _, language in self.rows}))

    def tasks_of(self, language: str) -> tuple[str, ...]:
        """Return the tasks in which one language has parallel rows."""
        return tuple(sorted(task for task, one in self.rows if one == language))

    def both(self, language: str) -> tuple[str, str]:
        """Return a language and the reference."""
        assert self.reference is not None
        return language, self.reference

    def samples(self, task: str, pair: str, language: str) -> list[str]:
        """Return the ids of one language's half of the rows that `pair` and the reference share."""
        half = 0 if language == pair else 1
        return [ids[half] for ids in self.rows[task, pair]]


def pair_languages(bundle: Bundle, measured: Mapping[Cell, Rows]) -> Pairing:
    """Pair what was measured; English is the reference where it can be.

    Else it is the language of most parallel tasks, the first in the alphabet among equals.

    Args:
        bundle: Tells whether rows are parallel.
        measured: One variant's rows: all variants ran the same.
    """
    parallel = _parallel(measured)
    reference = _reference(parallel)
    if reference is None:
        return Pairing(None, {}, ())
    rows: dict[Cell, tuple[tuple[str, str], ...]] = {}
    left_out = []
    for task, languages in sorted(parallel.items()):
        if reference not in languages:
            left_out += [
                LeftOut(task, language, f"there are no rows in {reference}")
                for language in languages
            ]
            continue
        for language, own in sorted(languages.items()):
            if language == reference:
                continue
            theirs = languages[reference]
            both = tuple((own[row], theirs[row]) for row in own if row in theirs)
            reason = why_not_parallel(bundle, task, language, reference)
            if reason is None and len(both) < _MIN_ROWS:
                reason = f"too few of its rows ({len(both)}) were run in {reference} as well"
            if reason is None:
                rows[task, language] = both
            else:
                left_out.append(LeftOut(task, language, reason))
    return Pairing(reference, rows, tuple(left_out))


_Ids = Mapping[str, str]
"""A row's name in every language to the sample id in one."""


def _parallel(measured: Mapping[Cell, Rows]) -> dict[str, dict[str, _Ids]]:
    found: dict[str, dict[str, _Ids]] = {}
    for (task, language), rows in measured.items():
        if is_parallel(task):
            named = ((parallel_row(task, language, sample), sample) for sample in rows.means)
            ids = {row: sample for row, sample in named if row is not None}
            found.setdefault(task, {})[language] = ids
    return {task: languages for task, languages in found.items() if len(languages) > 1}


def _reference(parallel: Mapping[str, Mapping[str, _Ids]]) -> str | None:
    counts: dict[str, int] = {}
    for languages in parallel.values():
        for language in languages:
            counts[language] = counts.get(language, 0) + 1
    if _PREFERRED in counts or not counts:
        return _PREFERRED if counts else None
    return min(counts, key=lambda language: (-counts[language], language))
