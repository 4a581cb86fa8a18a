"""What the agent's throughput is beside that of what a user would write: ratios and targets."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.agent_process import Round

TARGETS: Mapping[str, tuple[str, float]] = {
    "vs_optimum_pipeline": ("at least", 1.7),
    "vs_bare_onnxruntime": ("at least", 0.97),
    "query_overhead": ("below", 0.03),
    "peak_memory_ratio": ("below", 1.1),
    "start_to_ready_s": ("below", 1.0),
}

AGENT = "agent, offline"
BARE = "bare onnxruntime, same batches"
OPTIMUM = "Optimum's pipeline, its own int8 model"
SAME = "Optimum's pipeline, the agent's model"
AGENT_SINGLE = "agent, single-stream"
BARE_SINGLE = "bare onnxruntime, batch 1"


@dataclass(frozen=True)
class Report:
    """Ratios are medians over rounds of sentences per second, the agent's over the other's.

    Attributes:
        vs_optimum_pipeline: Scenario offline against Optimum's pipeline on Optimum's int8 model.
        vs_optimum_same_model: The same on the agent's artifact.
        vs_bare_onnxruntime: Scenario offline against the same batches by onnxruntime alone.
        vs_bare_single: Scenario single-stream against onnxruntime at batch 1.
        query_overhead: Share that tokenising, decoding and the agent's own work add to
            `session.run` on inputs that are ready: median over single queries, paired.
        peak_memory_ratio: The daemon's peak over that of bare onnxruntime's process.
        start_to_ready_s: Median over starts of the daemon.
        processing_share: Of the agent's time in scenario offline, what is not inference.
        invalid: Of the agent's rounds, how many its validity gate would not count.
    """

    vs_optimum_pipeline: float
    vs_optimum_same_model: float
    vs_bare_onnxruntime: float
    vs_bare_single: float
    query_overhead: float
    peak_memory_ratio: float
    start_to_ready_s: float
    processing_share: float
    sentences: int
    tokens: int
    rounds: int
    invalid: int
    sentences_per_second: dict[str, float]
    peak_bytes: dict[str, int]
    rates: dict[str, list[float]] = field(repr=False)


@dataclass(frozen=True)
class Findings:
    """What the rounds gave.

    Attributes:
        rates: Sentences per second by route, one a round.
        offline: The agent's rounds in scenario offline.
        peaks: Largest resident memory by route.
        ready_s: One a start of the daemon.
    """

    rates: dict[str, list[float]]
    offline: list[Round]
    peaks: dict[str, int]
    ready_s: list[float]


def summarise(findings: Findings, overhead: float, lengths: Sequence[int]) -> Report:
    """Make the report.

    Args:
        findings: Of all routes.
        overhead: As `query_overhead` returned it.
        lengths: Tokens of each sentence.
    """
    rates, peaks, offline = findings.rates, findings.peaks, findings.offline
    return Report(
        vs_optimum_pipeline=_median_ratio(rates[AGENT], rates[OPTIMUM]),
        vs_optimum_same_model=_median_ratio(rates[AGENT], rates[SAME]),
        vs_bare_onnxruntime=_median_ratio(rates[AGENT], rates[BARE]),
        vs_bare_single=_median_ratio(rates[AGENT_SINGLE], rates[BARE_SINGLE]),
        query_overhead=overhead,
        peak_memory_ratio=peaks[AGENT] / peaks[BARE],
        start_to_ready_s=statistics.median(findings.ready_s),
        processing_share=statistics.median(
            1 - one.parts_s["infer"] / one.seconds for one in offline
        ),
        sentences=len(lengths),
        tokens=sum(lengths),
        rounds=len(offline),
        invalid=sum(bool(one.invalid) for one in offline),
        sentences_per_second={name: statistics.median(found) for name, found in rates.items()},
        peak_bytes=peaks,
        rates=rates,
    )


def _median_ratio(over: Sequence[float], under: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def missed(report: Report) -> list[str]:
    """Return the names of the targets that the report does not meet."""
    return [
        name
        for name, (sense, limit) in TARGETS.items()
        if not (
            getattr(report, name) >= limit if sense == "at least" else getattr(report, name) < limit
        )
    ]


def present(report: Report) -> str:
    """Return the report as lines for people."""
    lines = [
        f"{name:24}{getattr(report, name):8.3f}   {sense} {limit:g}"
        for name, (sense, limit) in TARGETS.items()
    ]
    lines.append(f"{'vs_optimum_same_model':24}{report.vs_optimum_same_model:8.3f}")
    lines.append(f"{'vs_bare_single':24}{report.vs_bare_single:8.3f}")
    lines += [
        f"{name:42}{rate:8.1f} sentences/s" for name, rate in report.sentences_per_second.items()
    ]
    lines += [f"{name:42}{peak / 1e6:8.0f} MB at most" for name, peak in report.peak_bytes.items()]
    lines.append(
        f"{report.sentences} sentences of {report.tokens / report.sentences:.0f} tokens on "
        f"average, {report.rounds} rounds, of which the agent would not count {report.invalid}."
    )
    return "\n".join(lines)
