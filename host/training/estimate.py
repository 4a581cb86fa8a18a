"""What a study's training will take: updates, time and disk, from a few updates of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.errors import XtremeEdgeError
from export import room, weights
from host.training.plan import PlannedPhase
from host.training.sources import Sources
from host.training.work import Work
from training.errors import TrainingError
from training.identity import Identity
from training.lineage import MASKED_TEXT
from training.mixture import updates_an_epoch
from training.pace import Pace, measure_pace

_SAVED_TIMES = 3
"""Weights and two moments of AdamW: what a save holds, as a multiple of the weights."""


@dataclass(frozen=True)
class PhaseEstimate:
    """What is left of one phase."""

    updates: int
    seconds: float


@dataclass(frozen=True)
class Estimate:
    """What is left of all.

    Attributes:
        phases: By key, those that are pending.
        disk_bytes: The most that will be taken at a time.
        free_bytes: On the disk of the workspace.
    """

    phases: Mapping[str, PhaseEstimate]
    disk_bytes: int
    free_bytes: int

    @property
    def updates(self) -> int:
        """Of all phases together."""
        return sum(phase.updates for phase in self.phases.values())

    @property
    def seconds(self) -> float:
        """One phase after the other."""
        return sum(phase.seconds for phase in self.phases.values())


def estimate(work: Work, jobs: int, tell: Callable[[str], None]) -> Estimate:
    """Measure the pace of every kind of phase, and add up.

    Args:
        work: What is outstanding.
        jobs: Phases side by side, each of which keeps saves.
        tell: Is told what is measured.

    Raises:
        TrainingError: A phase cannot be trained here, or the disk is too small.
    """
    sources = Sources(work.data)
    paces: dict[tuple[object, ...], Pace] = {}
    for phase in sorted(work.pending, key=lambda one: str(one.requests)):
        for request in phase.requests:
            kind = _kind(phase, request.name)
            if kind not in paces:
                tell(f"measuring {request.name} on {phase.base.name}")
                paces[kind] = measure_pace(
                    phase.base,
                    request.learning,
                    sources.examples(request),
                    phase.hyperparameters,
                    phase.identity.precision,
                )
    found = {phase.key: _of_phase(work, phase, paces) for phase in work.pending}
    needed = _disk_bytes(work, jobs)
    return Estimate(found, needed, room.free_disk_bytes(work.place.root))


def require_room(estimated: Estimate, root: Path) -> None:
    """Return where the disk is large enough.

    Raises:
        TrainingError: It would be full in the middle.
    """
    if estimated.free_bytes < estimated.disk_bytes:
        raise TrainingError(
            f"{root}: {estimated.free_bytes / 1e6:,.0f} MB free, but training takes about "
            f"{estimated.disk_bytes / 1e6:,.0f} MB.",
            remedy="Free disk space, or name a workspace on another disk with --output.",
        )


def _kind(phase: PlannedPhase, task: str) -> tuple[object, ...]:
    chosen = phase.hyperparameters
    return (
        str(phase.base),
        task,
        phase.is_target,
        chosen.batch_size,
        chosen.accumulation,
        phase.identity.precision,
    )


def _of_phase(
    work: Work, phase: PlannedPhase, paces: Mapping[tuple[object, ...], Pace]
) -> PhaseEstimate:
    own = {request.name: paces[_kind(phase, request.name)] for request in phase.requests}
    counts = {
        part.task: round(part.examples * own[part.task].items_per_example)
        for part in phase.identity.parts
        if part.task in own
    }
    chosen, identity = phase.hyperparameters, phase.identity
    beside = MASKED_TEXT if phase.masked else None
    if beside:
        counts[beside] = 1
    turns = updates_an_epoch(
        counts,
        chosen.batch_size,
        cap=identity.cap,
        beside=beside,
        share=identity.masked_share,
    )
    an_epoch = sum(turns.values())
    total = max(1, round(an_epoch * chosen.epochs))
    total = min(total, chosen.max_steps or total)
    mean = sum(pace.seconds_per_update * turns[task] for task, pace in own.items()) / sum(
        turns[task] for task in own
    )
    left = max(0, total - _saved(work, phase.identity))
    return PhaseEstimate(left, left * mean)


def _saved(work: Work, identity: Identity) -> int:
    """Return how many updates of a phase are done."""
    save = work.place.saves(identity.digest).latest()
    return int(save.name.partition("-")[2]) if save else 0


def _disk_bytes(work: Work, jobs: int) -> int:
    sizes = {base: _weight_bytes(base) for base in {o.base for o in work.plan.outputs}}
    kept = sum(sizes[output.base] for output in work.missing)
    kept += sum(sizes[phase.base] for phase in work.pending if not phase.is_target)
    # A save is written beside the one before.
    saves = 2 * _SAVED_TIMES * max((sizes[p.base] for p in work.pending), default=0)
    return kept + saves * min(jobs, max(1, len(work.pending)))


def _weight_bytes(base: Path) -> int:
    try:
        return weights.find(base).fp32_bytes
    except XtremeEdgeError:
        return 0
