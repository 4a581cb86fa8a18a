"""The verdicts: one row per variant."""

from __future__ import annotations

from host.analysis.results import CandidateComparison, RunComparison, VariantSummary
from host.analysis.verdict import learned_figures
from host.report import numbers
from host.report.latex.table import LatexTable, head, label_of
from host.report.latex.text import (
    escape,
    points,
    points_interval,
    ratio,
    ratio_interval,
    score,
)


def verdict_table(run: RunComparison) -> LatexTable:
    """Return latency and average score of every variant, with intervals and verdicts."""
    rows = [_row(run.baseline, None)]
    rows += [_row(v, c) for v, c in zip(run.variants[1:], run.candidates, strict=True)]
    return LatexTable(
        label=label_of(run.bundle.spec.run_id, "verdicts"),
        caption=_caption(run),
        columns="lrrlrrl",
        head=head("variant", "p50 ms", "time ratio", "latency", "score", "difference", "verdict"),
        rows=rows,
        small=True,
    )


def _row(variant: VariantSummary, candidate: CandidateComparison | None) -> list[str]:
    speed = variant.speed
    median = escape(numbers.milliseconds(speed.percentile(0.5).value_ns if speed else None))
    name, average = escape(variant.name), score(variant.average)
    if candidate is None:
        return [name, median, "1", "baseline", average, "", "baseline"]
    latency, accuracy = candidate.latency, candidate.accuracy
    return [
        name,
        median,
        ratio(latency.ratio) + ratio_interval(latency.interval_95),
        escape(candidate.latency_verdict),
        average,
        points(accuracy.difference) + points_interval(accuracy.interval),
        escape(candidate.score_verdict),
    ]


def _caption(run: RunComparison) -> str:
    spec = run.bundle.spec
    parts = [f"Verdicts against {run.baseline.name} on {run.device}, with 95 % intervals."]
    lead = run.lead
    if run.timed and lead:
        floor = f", A/A noise floor {numbers.percent(run.control.floor)}" if run.control else ""
        parts.append(
            f"Latency: n = {lead.latency.rounds} valid rounds of paired queries, equivalence "
            f"margin ±{numbers.margin(spec.margin)} registered before the run (TOST at 5 %){floor}."
        )
    if run.scored and lead:
        margin = numbers.margin_points(lead.accuracy.margin)
        parts.append(
            f"Score: mean over languages, then tasks, n = {len(lead.accuracy.tested)} "
            f"task–language pairs; non-inferiority margin {margin}."
        )
        parts += [
            f"{one.name}: {learned_figures(one.accuracy.assay)}."
            for one in run.candidates
            if one.accuracy.unlearned and one.accuracy.assay.interval is not None
        ]
    if run.partial:
        parts.append(f"Partial: {run.partial}.")
    return escape(" ".join(parts))
