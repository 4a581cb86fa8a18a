"""What a table is: named, typed columns, and rows made of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from device_agent.measure.decision import Interval
from host.analysis.results import Comparison, RunComparison

Row: TypeAlias = dict[str, object]
Kind: TypeAlias = type[str] | type[int] | type[float] | type[bool]

RUN: Mapping[str, Kind] = {"run_id": str}
"""The first column of every table."""


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: Of its file, without a suffix.
        columns: Type by name, in order; a name ends in its unit. None stands for an absent number.
        rows_of: Yields the rows of one run, without its id.
    """

    name: str
    columns: Mapping[str, Kind]
    rows_of: Callable[[RunComparison], Iterator[Row]]

    @property
    def typed(self) -> Mapping[str, Kind]:
        """All columns, the run's id first."""
        return {**RUN, **self.columns}

    def rows(self, comparison: Comparison) -> Iterator[Row]:
        """Yield the rows of all runs; each names its own."""
        for run in comparison.runs:
            for row in self.rows_of(run):
                yield {"run_id": run.bundle.spec.run_id, **row}


def interval_columns(name: str) -> Mapping[str, Kind]:
    """Return the two columns of a 95 % interval."""
    return {f"{name}_low_95": float, f"{name}_high_95": float}


def interval_values(name: str, interval: Interval | None) -> Row:
    """Return the two ends of a 95 % interval."""
    return {
        f"{name}_low_95": interval.low if interval else None,
        f"{name}_high_95": interval.high if interval else None,
    }
