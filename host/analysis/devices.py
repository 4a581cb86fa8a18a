"""Puts runs together device by device, and a device's sessions into one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from host.analysis.comparability.check import Groups
from host.analysis.results import DeviceComparison, RunComparison
from host.analysis.sessions import FEWEST_ROUNDS, SessionsTogether, compare_sessions
from host.analysis.timing.rounds import valid


def compare_devices(groups: Groups, runs: Sequence[RunComparison]) -> tuple[DeviceComparison, ...]:
    """Return each device's runs, with one verdict over those that are sessions of one measurement.

    Args:
        groups: Which runs belong together.
        runs: In the order of the bundles that `groups` counts.
    """
    devices = [tuple(runs[index] for index in indexes) for indexes in groups.devices]
    models = Counter(own[0].device for own in devices)
    compared = []
    for own, sessions in zip(devices, groups.together, strict=True):
        together = _together(own) if sessions else ()
        compared.append(
            DeviceComparison(
                name=own[0].device if models[own[0].device] == 1 else _told_apart(own[0]),
                runs=own,
                together=together,
                caveats=tuple(_caveats(own, together)) if sessions else (),
            )
        )
    return tuple(compared)


def _told_apart(run: RunComparison) -> str:
    """Two boards of one model have two keys, and names in the inventory."""
    signed_by = run.bundle.signed_by
    return f"{run.device}, {signed_by}" if signed_by else run.device


def _together(runs: Sequence[RunComparison]) -> tuple[SessionsTogether, ...]:
    # Where a run ended as soon as it had decided, its mean leans away from the undecided.
    if any(_is_looked(run) for run in runs):
        return ()
    first = runs[0]
    control = next(((run.control.name, run.control.of) for run in runs if run.control), None)
    alike = len(_averages(runs)) == 1
    together = []
    for candidate in first.candidates:
        found = compare_sessions(
            [valid(run.rounds) for run in runs],
            candidate.name,
            first.baseline.name,
            control,
            first.bundle.spec.margin,
        )
        if found is not None:
            scores = candidate.accuracy if candidate.scored and alike else None
            together.append(replace(found, accuracy=scores))
    return tuple(together)


def _averages(runs: Sequence[RunComparison]) -> set[tuple[float | None, ...]]:
    return {tuple(variant.average for variant in run.variants) for run in runs}


def _is_looked(run: RunComparison) -> bool:
    plan = run.bundle.spec.performance
    return plan is not None and plan.until_decided


def _caveats(runs: Sequence[RunComparison], together: Sequence[SessionsTogether]) -> Iterator[str]:
    if any(_is_looked(run) for run in runs):
        yield (
            "Runs that end when they have decided are not taken together: each one's mean leans "
            "towards its verdict. Plan a fixed number of rounds for sessions."
        )
    few = [run.bundle.spec.run_id for run in runs if len(valid(run.rounds)) < FEWEST_ROUNDS]
    if together and few:
        yield f"Too few valid rounds to be among the sessions: {', '.join(few)}."
    if len(_averages(runs)) > 1:
        told = "; ".join(
            f"{run.bundle.spec.run_id} {run.baseline.average:.2f}"
            for run in runs
            if run.baseline.average is not None
        )
        yield (
            "The sessions have other scores for the same samples and artifacts "
            f"(baseline: {told}): this device does not compute alike each time."
        )
    elif together and runs[0].baseline.average is not None:
        yield (
            "Every session has the same scores, for samples and artifacts are the same: sessions "
            "add certainty about latency alone."
        )
