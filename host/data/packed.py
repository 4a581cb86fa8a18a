"""Puts a study's packed datasets into words and plain values: `host data pack`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.runspec import Dataset

_SHOWN = 12
"""Digits of a digest, enough to compare by eye."""


@dataclass(frozen=True)
class Sized:
    """A dataset, and how large its files are."""

    dataset: Dataset
    size_bytes: int


def sizes_of(datasets: Iterable[Dataset], folder: Path) -> list[Sized]:
    """Look up the sizes of packed datasets in the folder that they were packed to."""
    return [
        Sized(dataset, sum((folder / digest).stat().st_size for digest in _digests(dataset)))
        for dataset in datasets
    ]


def packed_json(folder: Path, packed: Sequence[Sized], notes: Sequence[str]) -> dict[str, object]:
    """Return plain values for `host data pack --json`."""
    return {
        "folder": str(folder.absolute()),
        "size_bytes": _total_bytes(packed),
        "notes": list(notes),
        "datasets": [
            {
                "task": one.dataset.task,
                "language": one.dataset.language,
                "split": one.dataset.split,
                "queries": one.dataset.queries,
                "available": one.dataset.available,
                "pool": one.dataset.pool,
                "available_pool": one.dataset.available_pool,
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
    lines = [f"{'task':<10}{'language':<10}{'queries':>14}{'pool':>20}{'size':>12}  digest"]
    for one in packed:
        dataset = one.dataset
        queries = _part(dataset.queries, dataset.available)
        pool = _part(dataset.pool, dataset.available_pool)
        lines.append(
            f"{dataset.task:<10}{dataset.language:<10}{queries:>14}{pool:>20}"
            f"{_kilobytes(one.size_bytes):>12}  {dataset.inputs[:_SHOWN]}"
        )
    lines.append(f"{'in all':<54}{_kilobytes(_total_bytes(packed)):>12}")
    if any(one.dataset.pool < one.dataset.available_pool for one in packed):
        lines.append("A smaller pool is easier to look up in: not comparable with the benchmark.")
    return "\n".join(lines)


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
