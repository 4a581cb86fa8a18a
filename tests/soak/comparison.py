"""Holds a disturbed run's bundle against an undisturbed run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.bundle import JOURNAL_NAME, MANIFEST_NAME, BundleManifest
from device_agent.contract.events import Event, RoundDone, SampleDone, Scored
from device_agent.contract.runspec import RunSpec
from device_agent.contract.samples import Prediction
from host.analysis.evidence.verify import verify_bundle
from host.analysis.seal.signature import Trust
from tests.soak.faults import Finding

Key = tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """What an undisturbed run predicted and scored."""

    predictions: dict[Key, Prediction | None]
    scores: dict[Key, dict[str, float]]


def reference(events: Sequence[Event]) -> Reference:
    """Take the results out of a run's events."""
    return Reference(dict(_predictions(events)), _scores(events))


def examine(bundle: Path, spec: RunSpec, calm: Reference, trust: Trust | None = None) -> Finding:
    """Compare a finished run's bundle with the undisturbed run, and verify it.

    Args:
        bundle: Its folder.
        spec: The run's.
        calm: What it must equal.
        trust: Who may have signed it; None is whom this user trusts.
    """
    events = [
        codec.decode(line, Event, source=JOURNAL_NAME)
        for line in (bundle / JOURNAL_NAME).read_bytes().splitlines()
    ]
    found = compare(events, spec, calm)
    verified = verify_bundle(bundle, trust or Trust.of_this_user())
    problems = [*found.problems, *(str(failure) for failure in verified.failures)]
    if verified.signed_by is None:
        problems.append("the bundle is not signed")
    manifest = codec.decode(
        (bundle / MANIFEST_NAME).read_bytes(), BundleManifest, source=MANIFEST_NAME
    )
    if manifest.state != "finished":
        problems.append(f"it is {manifest.state}: {manifest.reason}")
    # A busy machine makes rounds invalid; that they are told is all that can be asked.
    problems += [f"lacks {what}" for what in manifest.missing if not what.endswith("valid rounds")]
    return Finding(found.lost, found.duplicated, tuple(f"{bundle.name}: {p}" for p in problems))


def compare(events: Sequence[Event], spec: RunSpec, calm: Reference) -> Finding:
    """Compare a finished run's events with the undisturbed run."""
    predictions = _predictions(events)
    counts = Counter(key for key, _ in predictions)
    by_key = dict(predictions)
    problems = []
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        problems.append("its events are not numbered one after the other")
    if unknown := counts.keys() - calm.predictions.keys():
        problems.append(f"{len(unknown)} samples are not of the run")
    if other := [k for k in by_key if k in calm.predictions and by_key[k] != calm.predictions[k]]:
        problems.append(f"{len(other)} predictions differ, the first of {other[0]}")
    scores = _scores(events)
    if scores != calm.scores:
        problems.append("its scores differ")
    if again := sum(isinstance(event.body, Scored) for event in events) - len(scores):
        problems.append(f"{again} languages are scored twice")
    problems += _round_problems(events, spec)
    return Finding(
        lost=len(calm.predictions.keys() - counts.keys()),
        duplicated=sum(counts.values()) - len(counts),
        problems=tuple(problems),
    )


def _round_problems(events: Sequence[Event], spec: RunSpec) -> list[str]:
    rounds = [event.body for event in events if isinstance(event.body, RoundDone)]
    plan = spec.performance
    if plan is None:
        return []
    problems = []
    if [done.round for done in rounds] != list(range(len(rounds))):
        problems.append(f"its rounds are {[done.round for done in rounds]}")
    if len(rounds) < plan.attempts and sum(not done.invalid for done in rounds) < plan.rounds:
        problems.append(f"it has only {len(rounds)} rounds")
    return problems


def _predictions(events: Sequence[Event]) -> list[tuple[Key, Prediction | None]]:
    bodies = (event.body for event in events)
    return [
        ((b.variant, b.task, b.language, b.sample_id), b.prediction)
        for b in bodies
        if isinstance(b, SampleDone)
    ]


def _scores(events: Sequence[Event]) -> dict[Key, dict[str, float]]:
    bodies = (event.body for event in events)
    return {(b.variant, b.task, b.language): b.metrics for b in bodies if isinstance(b, Scored)}
