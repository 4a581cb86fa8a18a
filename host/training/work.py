"""What of a plan is still to be done, and doing it: each phase once, then the study's folders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from host.training.phase import Order, publish
from host.training.place import (
    Place,
    State,
    key_of,
    output_key,
    refuse_changed,
    state_of,
)
from host.training.plan import Output, PlannedPhase, TrainingPlan
from host.training.sources import DataPlace
from training.fit import Update
from training.machine import is_main, wait_for_all
from training.model import checkpoint_digest


@dataclass(frozen=True)
class Work:
    """What is to be done.

    Attributes:
        pending: Phases, each after those that it needs.
        states: Per folder that the study names.
        keys: Per folder, what its record is to be known by.
        finished: Phases that are done already.
    """

    plan: TrainingPlan
    place: Place
    data: DataPlace
    pending: tuple[PlannedPhase, ...]
    states: dict[Path, State]
    keys: dict[Path, str]
    finished: int
    made: list[Path] = field(default_factory=list)

    @property
    def missing(self) -> list[Output]:
        """Checkpoints that the study names and that are not there."""
        return [o for o in self.plan.outputs if self.states[o.folder] == "missing"]

    def order(self, phase: PlannedPhase) -> Order:
        """Return all that a phase needs to know."""
        base = phase.base
        if phase.after is not None:
            base = self.place.found(phase.after) or self.place.model(phase.after)
        return Order(phase, self.data, base, self.result(phase), self.place)

    def result(self, phase: PlannedPhase) -> Path:
        """Return where a phase leaves its checkpoint: for a head, where the study names it."""
        named = [output.folder for output in self.missing if output.key == phase.key]
        return named[0] if phase.is_target and named else self.place.model(phase.key)


class Watcher(Protocol):
    """Is told how the training goes on."""

    def begin(self, phase: PlannedPhase) -> None:
        """A phase begins, or goes on."""

    def update(self, phase: PlannedPhase, update: Update) -> None:
        """A phase is so far."""

    def end(self, phase: PlannedPhase) -> None:
        """A phase is done."""


def outstanding(plan: TrainingPlan, place: Place, data: DataPlace) -> Work:
    """Look what is there.

    Args:
        plan: What is to be done.
        place: Where phases lie.
        data: Where the training files are.

    Raises:
        TrainingError: Something there was trained otherwise than the plan says.
    """
    bases = {base: checkpoint_digest(base) for base in {o.base for o in plan.outputs}}
    keys = {output.folder: output_key(output, bases) for output in plan.outputs}
    states = {folder: state_of(folder, key, place, plan) for folder, key in keys.items()}
    needed: set[str] = set()
    for output in plan.outputs:
        if states[output.folder] == "missing" and output.key is not None:
            needed |= {phase.key for phase in _chain(plan, output.key, place)}
    pending = [phase for phase in plan.phases if phase.key in needed]
    refuse_changed(plan, pending, place)
    return Work(plan, place, data, tuple(pending), states, keys, len(plan.phases) - len(pending))


def _chain(plan: TrainingPlan, key: str, place: Place) -> Iterator[PlannedPhase]:
    """Yield a phase and those before it, back to what is there."""
    at: str | None = key
    while at is not None and place.found(at) is None:
        phase = plan.phase(at)
        yield phase
        at = phase.after


def ready(work: Work, done: Sequence[str]) -> list[PlannedPhase]:
    """Return the phases whose base is there."""
    waiting = {phase.key for phase in work.pending} - set(done)
    return [phase for phase in work.pending if phase.key in waiting and phase.after not in waiting]


def publish_ready(work: Work) -> None:
    """Copy what is there to every folder that the study names for it."""
    if is_main():
        for output in work.missing:
            source = _source(work, output)
            if output.folder not in work.made and source is not None:
                if source != output.folder:
                    publish(source, output.folder, work.keys[output.folder])
                work.made.append(output.folder)
    wait_for_all()


def _source(work: Work, output: Output) -> Path | None:
    """Return where a checkpoint can be copied from, or where it lies already."""
    if output.key is None:
        return output.base
    twins = [other.folder for other in work.plan.outputs if other.key == output.key]
    there = next((f for f in (output.folder, *twins) if key_of(f) == output.key), None)
    return there or work.place.found(output.key)


def tidy(work: Work) -> None:
    """Remove what finished phases leave behind, but for the encoders that others begin with."""
    if is_main():
        for phase in work.plan.phases:
            for path in work.place.folder(phase.key).glob("update-*"):
                shutil.rmtree(path, ignore_errors=True)
