"""Puts into words how many samples and candidates scores are over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from host.analysis.pools import Lookup
from host.analysis.scores import CellScore
from host.report import numbers


def sample_count(cell: CellScore) -> str:
    """Return n, for a subset "n of N"."""
    of = f" of {numbers.count(cell.available)}" if cell.is_subset else ""
    return f"{numbers.count(cell.samples)}{of}"


def sample_range(cells: Sequence[CellScore]) -> str:
    """Return the least and the most n of several languages, for subsets "n of N"."""
    of = f" of {_range(c.available for c in cells)}" if any(c.is_subset for c in cells) else ""
    return f"{_range(c.samples for c in cells)}{of}"


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
