"""An answer as plain values for JSON; numbers stay as computed, unrounded."""

from __future__ import annotations

import msgspec

from host.analysis.answer import words
from host.analysis.answer.answer import Answer, BundleAnswer, Finding
from host.analysis.answer.contrasts import Trend
from host.analysis.answer.crossed import Crossed
from host.analysis.answer.judged import LatencyEffect, ScoreEffect

Plain = dict[str, object]


def answer_json(answer: Answer) -> Plain:
    """Return the whole answer but the bundles themselves, which their digests stand for."""
    return {
        "study": answer.study,
        "question": answer.question,
        "sentences": list(words.sentences(answer)),
        "caveats": list(answer.caveats),
        "parts": [_part(part) for part in answer.parts],
    }


def _part(part: BundleAnswer) -> Plain:
    valid, tried = part.rounds
    return {
        "run_id": part.bundle.spec.run_id,
        "bundle": part.bundle.digest,
        "device": part.device,
        "scenario": part.scenario,
        "design": msgspec.to_builtins(part.design),
        "findings": [_finding(part, finding) for finding in part.findings],
        "levels": [msgspec.to_builtins(level) for level in part.levels],
        "guessed": dict(part.guessed),
        "control": msgspec.to_builtins(part.control),
        "rounds": {"valid": valid, "tried": tried},
        "same_computation": [one.same_computation for one in part.explanations],
        "unscored": [
            {"task": task, "language": language, "reason": reason}
            for (task, language), reason in part.unscored.items()
        ],
        "limits": list(part.limits),
    }


def _finding(part: BundleAnswer, finding: Finding) -> Plain:
    contrast = finding.contrast
    trend = {"over": contrast.over, "span": contrast.span} if isinstance(contrast, Trend) else None
    return {
        "title": words.title(part.design, finding),
        "sentence": words.sentence(part.design, finding),
        "level": contrast.level,
        "stratum": contrast.stratum,
        "seeds": list(contrast.units),
        "incomplete_seeds": list(contrast.incomplete),
        "trend": trend,
        "latency": _latency(finding.latency),
        "score": _score(finding.score),
        "tasks": [
            {"task": p.task, **_effect(p.effect), "p_holm": p.p_holm, "verdict": p.verdict}
            for p in finding.tasks
        ],
        "cells": [
            {
                "task": p.task,
                "language": p.language,
                **_effect(p.effect),
                "p_holm": p.p_holm,
                "verdict": p.verdict,
            }
            for p in finding.cells
        ],
    }


def _latency(found: LatencyEffect | None) -> Plain | None:
    if found is None:
        return None
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "ratio": found.ratio,
        "interval_90": msgspec.to_builtins(found.interval_90),
        "interval_95": msgspec.to_builtins(found.interval_95),
        "margin": found.margin,
        "noise_floor": found.floor,
        "enough": msgspec.to_builtins(found.enough),
    }


def _score(found: ScoreEffect | None) -> Plain | None:
    if found is None:
        return None
    effect = {} if found.effect is None else _effect(found.effect)
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "margin": found.margin,
        **effect,
        "enough": msgspec.to_builtins(found.enough),
    }


def _effect(effect: Crossed) -> Plain:
    return {
        "points": effect.mean,
        "error": effect.error,
        "freedom": effect.freedom,
        "interval_95": msgspec.to_builtins(effect.interval(0.95)),
    }
