"""A row per variant, task and language: score, and difference to the baseline."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.results import RunComparison
from host.report.sources import Sources
from host.report.tables.table import Row, Table, interval_columns, interval_values


def _rows(run: RunComparison) -> Iterator[Row]:
    sources = Sources.of(run.bundle)
    differences = {
        (candidate.name, d.task, d.language): d
        for candidate in run.candidates
        for d in candidate.accuracy.cells
    }
    for variant in run.variants:
        intervals = variant.intervals.cells
        for cell in variant.cells.values():
            found = differences.get((variant.name, cell.task, cell.language))
            lookup = cell.lookup
            yield {
                "seq": sources.scored.get((variant.name, cell.task, cell.language)),
                "variant": variant.name,
                "task": cell.task,
                "language": cell.language,
                "split": cell.split,
                "samples": cell.samples,
                "queries": cell.queries,
                "available": cell.available,
                "candidates": lookup.candidates if lookup else None,
                "candidates_available": lookup.available if lookup else None,
                "precision": lookup.precision if lookup else None,
                "threshold": lookup.threshold if lookup else None,
                "metric": cell.metric,
                "score": cell.score,
                **interval_values("score", intervals.get((cell.task, cell.language))),
                "unscored": cell.unscored,
                "difference": found.difference if found else None,
                **interval_values("difference", found.interval if found else None),
                "test": found.test if found else None,
                "p": found.p if found else None,
                "p_holm": found.p_holm if found else None,
                "verdict": found.verdict if found else None,
            }


SCORES = Table(
    "scores",
    {
        "seq": int,
        "variant": str,
        "task": str,
        "language": str,
        "split": str,
        "samples": int,
        "queries": int,
        "available": int,
        "candidates": int,
        "candidates_available": int,
        "precision": str,
        "threshold": float,
        "metric": str,
        "score": float,
        **interval_columns("score"),
        "unscored": str,
        "difference": float,
        **interval_columns("difference"),
        "test": str,
        "p": float,
        "p_holm": float,
        "verdict": str,
    },
    _rows,
)
