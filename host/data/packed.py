"""Puts a study's packed datasets into words and plain values: `host data pack`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from device_agent import tasks
from device_agent.contract.runspec import Dataset
from host.data.counted import Counted
from host.data.official import SMALLER, Extent, extent
from host.data.source import languages_of

_SHOWN = 12
"""Digits of a digest, enough to compare by eye."""


@dataclass(frozen=True)
class Sized:
    """A dataset, and how large its files are."""

    counted: Counted
    size_bytes: int

    @property
    def dataset(self) -> Dataset:
        """The dataset alone."""
        return self.counted.dataset


def sizes_of(packed: Iterable[Counted], folder: Path) -> list[Sized]:
    """Look up the sizes of packed datasets in the folder that they were packed to."""
    return [
        Sized(one, sum((folder / digest).stat().st_size for digest in _digests(one.dataset)))
        for one in packed
    ]


def packed_json(folder: Path, packed: Sequence[Sized], notes: Sequence[str]) -> dict[str, object]:
    """Return plain values for `host data pack --json`."""
    return {
        "folder": str(folder.absolute()),
        "size_bytes": _total_bytes(packed),
        "notes": list(notes),
        "benchmark": {one.task: one.to_json() for one in _extents(packed)},
        "datasets": [
            {
                "task": one.dataset.task,
                "language": one.dataset.language,
                "split": one.dataset.split,
                "queries": one.dataset.queries,
                "available": one.dataset.available,
                "pool": one.dataset.pool,
                "available_pool": one.dataset.available_pool,
                "with_gold": one.counted.counts.with_gold,
                "candidates": one.counted.counts.candidates,
                "available_candidates": one.counted.available.candidates,
                "tuning": one.counted.counts.tuning,
                "available_tuning": one.counted.available.tuning,
                "seed": one.dataset.seed,
                "inputs_digest": one.dataset.inputs,
                "gold_digest": one.dataset.gold,
                "size_bytes": one.size_bytes,
            }
            for one in packed
        ],
    }


def packed_text(packed: Sequence[Sized]) -> str:
    """Return a line a dataset and the sum; a part of what there is reads `50 of 5010`."""
    parts = f"{'queries':>14}{'candidates':>20}{'tuning':>14}"
    lines = [f"{'task':<10}{'language':<10}{parts}{'size':>12}  digest"]
    for one in packed:
        dataset = one.dataset
        queries = _part(dataset.queries, dataset.available)
        there, before = one.counted.counts, one.counted.available
        candidates = _part(there.candidates, before.candidates)
        tuning = _part(there.tuning, before.tuning)
        lines.append(
            f"{dataset.task:<10}{dataset.language:<10}{queries:>14}{candidates:>20}"
            f"{tuning:>14}{_kilobytes(one.size_bytes):>12}  {dataset.inputs[:_SHOWN]}"
        )
    lines.append(f"{'in all':<68}{_kilobytes(_total_bytes(packed)):>12}")
    if any(one.dataset.pool < one.dataset.available_pool for one in packed):
        lines.append("A smaller pool is easier to look up in: not comparable with the benchmark.")
    smaller = [f"  {one.task:<9} {one}" for one in _extents(packed) if one.is_smaller]
    return "\n".join([*lines, *([f"\n{SMALLER}", *smaller] if smaller else [])])


def _extents(packed: Sequence[Sized]) -> Iterator[Extent]:
    for task, group in groupby(packed, key=lambda one: one.dataset.task):
        own = [one.counted for one in group]
        languages = [one for one in own if one.available.queries]
        pool = next((one.counts for one in own if not one.available.queries), None)
        there = {one.dataset.language for one in languages}
        found = extent(
            task,
            [one.counts for one in languages],
            pool,
            has_all=there.issuperset(languages_of(tasks.get(task))),
            is_cut=any(one.counts != one.available for one in own),
        )
        if found is not None:
            yield found


def _part(number: int, of: int) -> str:
    return str(number) if number == of else f"{number} of {of}"


def _kilobytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e3:,.1f} kB"


def _total_bytes(packed: Sequence[Sized]) -> int:
    """Count a file once, even where two datasets are the very same."""
    seen = {_digests(one.dataset): one.size_bytes for one in packed}
    return sum(seen.values())


def _digests(dataset: Dataset) -> tuple[str, ...]:
    return tuple(digest for digest in (dataset.inputs, dataset.gold) if digest is not None)
