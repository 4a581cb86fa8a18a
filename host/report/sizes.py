"""Puts into words how many samples and candidates scores are over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from host.analysis.score.pools import Lookup
from host.analysis.score.scores import CellScore
from host.report import numbers

FEW = "†"
"""Marks a score of so few samples that it says next to nothing."""


def sample_count(cell: CellScore) -> str:
    """Return n, marked if few, "of N" where not all of the data is scored."""
    of = "" if cell.samples == cell.available else f" of {numbers.count(cell.available)}"
    return f"{numbers.count(cell.samples)}{FEW * cell.is_few}{of}"


def sample_range(cells: Sequence[CellScore]) -> str:
    """Return the least and the most n of several languages; unscored ones only if all are."""
    own = [cell for cell in cells if cell.score is not None] or cells
    few = FEW * any(cell.is_few for cell in own)
    less = any(cell.samples < cell.available for cell in own)
    of = f" of {_range(cell.available for cell in own)}" if less else ""
    return f"{_range(cell.samples for cell in own)}{few}{of}"


def gold_notes(cells: Iterable[CellScore]) -> tuple[str, ...]:
    """Return how many of the queries that were run have no gold, languages alike together."""
    grouped: dict[int, list[str]] = {}
    for cell in cells:
        if cell.score is not None and cell.samples < cell.queries:
            grouped.setdefault(cell.queries - cell.samples, []).append(cell.language)
    mining = any(cell.lookup and cell.lookup.threshold is not None for cell in cells)
    lack = "partner" if mining else "gold"
    return tuple(
        f"{numbers.count(without)} without {lack} in {' '.join(languages)}"
        for without, languages in grouped.items()
    )


def lookup_notes(cells: Iterable[CellScore]) -> tuple[str, ...]:
    """Return what retrieval in several languages looked among, each thing said once."""
    lookups = [cell.lookup for cell in cells if cell.lookup is not None]
    pools = {lookup.extent for lookup in lookups}
    found = [*pools] if len(pools) == 1 else _mixed(lookups)
    if any(lookup.precision == "float16" for lookup in lookups):
        found.append("vectors stored as float16")
    if any(lookup.threshold is not None for lookup in lookups):
        found.append("threshold fitted on the development set")
    return tuple(found)


def languages_of(count: int) -> str:
    """Return "over 1 language", "over 2 languages"."""
    return f"over {count} language{'s' * (count != 1)}"


def _mixed(lookups: Sequence[Lookup]) -> list[str]:
    """Languages have pools of their own size; one cut pool makes the average incomparable."""
    if not lookups:
        return []
    found = f"among {_range(lookup.candidates for lookup in lookups)} candidates"
    cut = [lookup for lookup in lookups if not lookup.comparable]
    return [f"{found}, a smaller pool: not comparable with published scores" if cut else found]


def _range(values: Iterable[int]) -> str:
    every = list(values)
    low, high = min(every), max(every)
    return numbers.count(low) if low == high else f"{numbers.count(low)}–{numbers.count(high)}"
