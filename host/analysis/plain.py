"""Turns a comparison into plain values for JSON; numbers stay as computed, unrounded."""

from __future__ import annotations

import msgspec

from host.analysis.energy.use import Found
from host.analysis.language_fair.explanation import explain_languages
from host.analysis.results import (
    CandidateComparison,
    Comparison,
    DeviceComparison,
    RunComparison,
    VariantSummary,
)
from host.analysis.score.suites import SuiteAverage
from host.analysis.timing.sustained import Sustained, measure_sustained
from host.analysis.upkeep import measure_upkeep

Plain = dict[str, object]


def comparison_json(comparison: Comparison) -> Plain:
    """Return the whole tree but the bundles themselves, which their digests stand for."""
    return {
        "study": comparison.study,
        "headline": comparison.headline,
        "went_against_baseline": comparison.went_against,
        "caveats": list(comparison.caveats),
        "devices": [_device(device) for device in comparison.devices],
        "runs": [_run(run) for run in comparison.runs],
    }


def _device(device: DeviceComparison) -> Plain:
    return {
        "device": device.name,
        "runs": [run.bundle.spec.run_id for run in device.runs],
        "headlines": list(device.headlines),
        "caveats": list(device.caveats),
        "sessions": [
            {
                "candidate": one.candidate,
                "headline": one.headline,
                "verdict": one.latency.verdict,
                "latency": msgspec.to_builtins(one.latency),
                "rounds": one.rounds,
                "sessions_needed": one.sessions_needed,
            }
            for one in device.together
        ],
    }


def _run(run: RunComparison) -> Plain:
    bundle = run.bundle
    languages: Plain | None = None
    if run.languages is not None:
        languages = msgspec.to_builtins(run.languages) | {
            "explanation": list(explain_languages(run.languages, bundle.spec.margin))
        }
    return {
        "run_id": bundle.spec.run_id,
        "bundle": {"path": str(bundle.folder), "digest": bundle.digest},
        "state": bundle.manifest.state,
        "device": run.device,
        "facts": msgspec.to_builtins(bundle.facts),
        "headline": run.headline,
        "baseline": run.baseline.name,
        "caveats": [caveat.line for caveat in run.caveats],
        "control": msgspec.to_builtins(run.control),
        "rounds": [{"round": r.round, "invalid": list(r.invalid)} for r in run.rounds],
        "variants": [_variant(variant) for variant in run.variants],
        "candidates": [_candidate(candidate) for candidate in run.candidates],
        "languages": languages,
        "upkeep": msgspec.to_builtins(measure_upkeep(bundle)),
        "sustained": _sustained(measure_sustained(bundle)),
    }


def _sustained(found: Sustained | None) -> Plain | None:
    if found is None:
        return None
    plain: Plain = msgspec.to_builtins(found)
    # Every query's times stand in the bundle.
    plain["stretches"] = [
        {
            "took_ns": one.took_ns,
            "temperature_celsius": one.temperature_celsius,
            "frequency_ratio": one.frequency_ratio,
            "throttled": one.throttled,
            "foreign_cpu_share": one.foreign_cpu_share,
        }
        for one in found.stretches
    ]
    return plain


def _variant(summary: VariantSummary) -> Plain:
    speed = msgspec.to_builtins(summary.speed)
    return {
        "name": summary.name,
        "regime": summary.variant.regime,
        "recipe": summary.variant.recipe,
        "size_bytes": summary.size_bytes,
        "average": summary.average,
        "suites": [_suite(suite) for suite in summary.suites],
        "tasks": msgspec.to_builtins(summary.tasks),
        "scores": msgspec.to_builtins(list(summary.cells.values())),
        "speed": speed,
        "energy": _energy(summary.energy),
    }


def _energy(found: Found) -> Plain:
    """Joules per sentence, or the reason; the two never look alike."""
    plain: Plain = msgspec.to_builtins(found)
    return {"unsupported": plain["reason"]} if "reason" in plain else plain


def _suite(average: SuiteAverage) -> Plain:
    plain: Plain = msgspec.to_builtins(average)
    return plain | {
        "complete": average.complete,
        "coverage": average.coverage,
        "summary": average.summary,
        "limits": list(average.limits),
    }


def _candidate(candidate: CandidateComparison) -> Plain:
    accuracy: Plain = msgspec.to_builtins(candidate.accuracy)
    accuracy["suites"] = [
        msgspec.to_builtins(one) | {"over": _suite(one.over)} for one in candidate.accuracy.suites
    ]
    return {
        "name": candidate.name,
        "headline": candidate.headline,
        "verdict": {
            "latency": candidate.latency.verdict if candidate.timed else None,
            "accuracy": candidate.accuracy.verdict if candidate.scored else None,
        },
        "went_against_baseline": candidate.went_against,
        "latency": msgspec.to_builtins(candidate.latency),
        "energy": msgspec.to_builtins(candidate.energy),
        "explanation": {
            "same_computation": candidate.explanation.same_computation,
            **msgspec.to_builtins(candidate.explanation),
        },
        "accuracy": accuracy,
    }
