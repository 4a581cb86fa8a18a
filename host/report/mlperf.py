"""Writes each variant's performance in the layout of MLPerf's `mlperf_log_summary.txt`.

The words and the order are LoadGen's (`loadgen/results.cc` of mlcommons/inference), so that who
reads such summaries reads this one; it is no MLPerf result, and says so. Percentiles appear only
where the early-stopping bound allows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device_agent.contract.runspec import Performance
from device_agent.measure.decision import MIN_ROUNDS
from host.analysis.results import Comparison, RunComparison, VariantSummary
from host.analysis.timing.invalid import count_reasons
from host.analysis.timing.percentile import Percentile
from host.analysis.timing.rounds import Integers, queries, total_ns, valid

_LINE = "=" * 48
_SCENARIOS = {"single-stream": "SingleStream", "offline": "Offline"}
_NOTICE = (
    "A summary by xtreme-edge in MLPerf's words. This is no MLPerf result: LoadGen did not make",
    "it, and it was neither submitted to nor reviewed by MLCommons.",
)
_MLPERF_SECONDS = 600
"""MLPerf's inference rules want each performance run to last ten minutes."""


def write_mlperf(comparison: Comparison, path: Path) -> Path:
    """Write all variants of all runs, one below the other, as one text file; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(mlperf_summary(comparison), encoding="utf-8")
    return path


def mlperf_summary(comparison: Comparison) -> str:
    """Return the summaries as text."""
    parts = [*_NOTICE, ""]
    for run in comparison.runs:
        for variant in run.variants:
            parts += [*_variant(run, variant), ""]
    return "\n".join(parts)


def _variant(run: RunComparison, variant: VariantSummary) -> Iterator[str]:
    plan = run.bundle.spec.performance
    yield from _head("MLPerf Results Summary (in its words; no MLPerf result)")
    yield f"SUT name : {variant.name} on {' '.join(run.device.split())}"
    if not run.timed or plan is None:
        yield "Mode     : AccuracyOnly"
        yield "Result is : INVALID"
        yield "  * performance mode was not run"
        return
    yield f"Scenario : {_SCENARIOS[plan.scenario]}"
    yield "Mode     : PerformanceOnly"
    latencies = queries(valid(run.rounds), variant.name).total_ns if variant.speed else None
    yield from _result(run, variant, plan)
    yield ""
    yield from _head("Additional Stats")
    yield from _statistics(variant, latencies, offline=plan.scenario == "offline")
    yield ""
    yield from _head("Test Parameters Used")
    yield from _parameters(run, plan)
    yield ""
    warnings = list(_warnings(run, latencies))
    yield from (f"Warning: {text}" for text in warnings)
    if not warnings:
        yield "No warnings encountered during test."


def _result(run: RunComparison, variant: VariantSummary, plan: Performance) -> Iterator[str]:
    speed = variant.speed
    stopping = speed.percentile(0.9) if speed and plan.scenario == "single-stream" else None
    if speed and plan.scenario == "offline":
        yield f"Samples per second: {speed.queries_per_second:.6g}"
    elif stopping and stopping.bound_ns is not None:
        yield f"90th percentile latency (ns) : {stopping.bound_ns}"
    duration, count = _duration_met(run, plan), _count_met(run, plan)
    early = stopping is None or stopping.bound_ns is not None
    reasons = [] if run.bundle.finished else [f"the run is {run.bundle.manifest.state}"]
    if speed is None:
        reasons.append("no round passed the validity gate")
    if not count:
        reasons.append(f"valid rounds: {_rounds(run)}, {_least_rounds(plan)} were planned")
        reasons += [reason.line for reason in count_reasons(r.invalid for r in run.rounds)]
    if not duration and speed is not None:
        reasons.append(f"timed for {_timed_ns(run) / 1e9:.1f} s, {plan.minimum_s} s were planned")
    if stopping and stopping.refused:
        reasons.append(f"early stopping: {stopping.refused}")
    yield f"Result is : {'INVALID' if reasons else 'VALID'}"
    yield f"  Min duration satisfied : {_yes(met=duration)}"
    yield f"  Min queries satisfied : {_yes(met=count)}"
    yield f"  Early stopping satisfied: {_yes(met=early and speed is not None)}"
    if reasons:
        yield "Reasons:"
        yield from (f" * {reason}" for reason in reasons)
    if speed and stopping:
        yield "Early Stopping Result:"
        for found in speed.percentiles:
            yield f" * {_early(found)}"


def _early(found: Percentile) -> str:
    name = f"{found.share * 100:g}th percentile"
    if found.bound_ns is None:
        return f"No {name} estimate: {found.refused}"
    return f"Early stopping {name} estimate: {found.bound_ns}"


def _statistics(
    variant: VariantSummary, latencies: Integers | None, *, offline: bool
) -> Iterator[str]:
    if latencies is None or variant.speed is None:
        yield "No valid query."
        return
    yield f"QPS w/o loadgen overhead        : {variant.speed.queries_per_second:.6g}"
    yield f"Tokens per second               : {variant.speed.tokens_per_second:.6g}"
    yield ""
    if offline:
        yield "Latencies: none; a query's time is its share of a batch's"
        return
    yield f"Min latency (ns)                : {int(np.min(latencies))}"
    yield f"Max latency (ns)                : {int(np.max(latencies))}"
    yield f"Mean latency (ns)               : {round(float(np.mean(latencies)))}"
    for found in variant.speed.percentiles:
        value = f"refused ({found.refused})" if found.value_ns is None else found.value_ns
        yield f"{found.share * 100:.2f} percentile latency (ns)   : {value}"


def _parameters(run: RunComparison, plan: Performance) -> Iterator[str]:
    spec = run.bundle.spec
    yield f"samples_per_query : {plan.batch_size}"
    yield f"min_duration (ms): {plan.minimum_s * 1000}"
    yield f"max_duration (ms): {(plan.budget_s or 0) * 1000}"
    yield f"min_query_count : {_least_rounds(plan) * plan.queries}"
    yield f"max_query_count : {plan.rounds * plan.queries if plan.until_decided else 0}"
    yield f"warmup_query_count (per round) : {plan.warmup_queries}"
    yield f"qsl_rng_seed : {spec.seeds.queries}"
    yield f"schedule_rng_seed : {spec.seeds.order}"
    yield f"bundle : {run.bundle.digest}"


def _warnings(run: RunComparison, latencies: Integers | None) -> Iterator[str]:
    left_out = len(run.rounds) - _rounds(run)
    if left_out:
        yield f"{left_out} of {len(run.rounds)} rounds failed the validity gate and are left out."
    if latencies is not None and float(np.sum(latencies)) / 1e9 < _MLPERF_SECONDS:
        spent = float(np.sum(latencies)) / 1e9
        yield f"MLPerf's rules want {_MLPERF_SECONDS} s; these queries took {spent:.1f} s."
    yield from (" ".join(c.text.split()) for c in run.caveats if c.grave)


def _duration_met(run: RunComparison, plan: Performance) -> bool:
    return _rounds(run) > 0 and _timed_ns(run) >= plan.minimum_s * 1e9


def _count_met(run: RunComparison, plan: Performance) -> bool:
    return _rounds(run) >= _least_rounds(plan)


def _least_rounds(plan: Performance) -> int:
    return min(MIN_ROUNDS, plan.rounds) if plan.until_decided else plan.rounds


def _rounds(run: RunComparison) -> int:
    return len(valid(run.rounds))


def _timed_ns(run: RunComparison) -> int:
    """Return what all variants' queries of valid rounds took, as the plan's minimum counts."""
    return sum(total_ns(done, b.variant) for done in valid(run.rounds) for b in done.blocks)


def _head(title: str) -> tuple[str, str, str]:
    return _LINE, title, _LINE


def _yes(*, met: bool) -> str:
    return "Yes" if met else "NO"
