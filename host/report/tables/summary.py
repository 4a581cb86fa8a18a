"""A row per variant: what it is, its speed, its average score, its verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.results import RunComparison
from host.report.tables.table import Row, Table, interval_columns, interval_values


def _rows(run: RunComparison) -> Iterator[Row]:
    for index, variant in enumerate(run.variants):
        speed = variant.speed
        candidate = run.candidates[index - 1] if index else None
        latency = candidate.latency if candidate else None
        accuracy = candidate.accuracy if candidate else None
        yield {
            "device": run.device,
            "bundle": run.bundle.digest,
            "variant": variant.name,
            "regime": variant.variant.regime,
            "recipe": variant.variant.recipe,
            "size_bytes": variant.size_bytes,
            "average_score": variant.average,
            **interval_values("average_score", variant.intervals.average),
            "p50_ns": speed.percentile(0.5).value_ns if speed else None,
            "p90_ns": speed.percentile(0.9).value_ns if speed else None,
            "p99_ns": speed.percentile(0.99).value_ns if speed else None,
            "queries_per_second": speed.queries_per_second if speed else None,
            "tokens_per_second": speed.tokens_per_second if speed else None,
            "latency_verdict": candidate.latency_verdict if candidate else "baseline",
            "latency_ratio": latency.ratio if latency else None,
            **interval_values("latency_ratio", latency.interval_95 if latency else None),
            "score_verdict": candidate.score_verdict if candidate else "baseline",
            "score_difference": accuracy.difference if accuracy else None,
            **interval_values("score_difference", accuracy.interval if accuracy else None),
            "score_reason": accuracy.reason if accuracy else None,
            "unlearned_tasks": " ".join(accuracy.unlearned) if accuracy else None,
        }


SUMMARY = Table(
    "summary",
    {
        "device": str,
        "bundle": str,
        "variant": str,
        "regime": str,
        "recipe": str,
        "size_bytes": int,
        "average_score": float,
        **interval_columns("average_score"),
        "p50_ns": int,
        "p90_ns": int,
        "p99_ns": int,
        "queries_per_second": float,
        "tokens_per_second": float,
        "latency_verdict": str,
        "latency_ratio": float,
        **interval_columns("latency_ratio"),
        "score_verdict": str,
        "score_difference": float,
        **interval_columns("score_difference"),
        "score_reason": str,
        "unlearned_tasks": str,
    },
    _rows,
)
