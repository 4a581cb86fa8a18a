"""Where phases lie on the disk, and which of them are done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from device_agent.digest import digest_bytes
from host.training.plan import Output, PlannedPhase, TrainingPlan
from host.workspace import RESULTS
from training.errors import TrainingError
from training.identity import Identity, differences
from training.lineage import read_training
from training.saves import Saves, read_identity

_RECORD = "training.json"
_PLACES = "places.json"

State = Literal["missing", "there", "brought"]
"""A checkpoint is not there; is as the plan makes it; is there, and not made by `host train`."""


@dataclass(frozen=True)
class Place:
    """The folder of a study's training: `<first 16 of the key>/` for each phase.

    Attributes:
        root: `training/` in the study's workspace.
        every: Updates between two saves.
    """

    root: Path
    every: int

    def folder(self, key: str) -> Path:
        """Return a phase's own folder."""
        return self.root / key[:16]

    def model(self, key: str) -> Path:
        """Return where the checkpoint of a phase is kept that other phases begin with."""
        return self.folder(key) / "model"

    def found(self, key: str) -> Path | None:
        """Return where a finished phase's checkpoint is: here, or in a study beside this one."""
        folders = [self.model(key)]
        if self.root.parent.parent.name == RESULTS:
            pattern = f"*/{self.root.name}/{self.model(key).relative_to(self.root)}"
            folders += sorted(self.root.parent.parent.glob(pattern))
        return next((folder for folder in folders if key_of(folder) == key), None)

    def saves(self, key: str) -> Saves:
        """Return where a phase is kept while it goes on."""
        return Saves(self.folder(key), self.every)

    def note_places(self, phase: PlannedPhase) -> None:
        """Keep whose phase it is, so that a change to a study is told from another study."""
        folder = self.folder(phase.key)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _PLACES).write_text(json.dumps(phase.places), encoding="utf-8")

    def places(self, folder: Path) -> frozenset[str]:
        """Return whose phase was begun in a folder."""
        path = folder / _PLACES
        return frozenset(json.loads(path.read_bytes())) if path.is_file() else frozenset()


def output_key(output: Output, bases: dict[Path, str]) -> str:
    """Return what a checkpoint's record must be known by.

    Args:
        output: The checkpoint.
        bases: Digests of the bases.
    """
    return output.key or digest_bytes(f"base {bases[output.base]}".encode())


def key_of(folder: Path) -> str | None:
    """Return the key of a checkpoint that `host train` made, else None."""
    if not (folder / _RECORD).is_file():
        return None
    try:
        key = msgspec.json.decode((folder / _RECORD).read_bytes(), type=dict).get("key")
    except msgspec.DecodeError:
        return None
    return key if isinstance(key, str) else None


def state_of(folder: Path, key: str, place: Place, plan: TrainingPlan) -> State:
    """Say whether a checkpoint is to be made.

    Raises:
        TrainingError: It was made by another training.
    """
    if not (folder / "config.json").is_file():
        return "missing"
    found = key_of(folder)
    if found is None:
        return "brought"
    if found == key:
        return "there"
    raise TrainingError(
        f"{folder}: this checkpoint was trained otherwise than the study says now: "
        f"{_what_differs(folder, found, key, place, plan)}.",
        remedy=f"Restore what has changed, or remove {folder} to train it anew.",
    )


def _what_differs(folder: Path, found: str, key: str, place: Place, plan: TrainingPlan) -> str:
    wanted = next((phase.identity for phase in plan.phases if phase.key == key), None)
    before = read_identity(place.folder(found))
    if wanted is not None and before is not None and before.digest == found:
        return "; ".join(differences(before, wanted))
    recorded = read_training(folder).phases
    last = recorded[-1] if recorded else None
    if wanted is None or last is None:
        return "its base differs"
    part = wanted.parts[0]
    if last.data_digest != part.data_digest and not last.parts:
        return (
            f"{part.task}'s data {last.data_digest[:12]}… against {part.data_digest[:12]}… "
            f"({last.examples} against {part.examples} examples)"
        )
    return "its hyperparameters, its base or a phase before it differ"


def refuse_changed(plan: TrainingPlan, pending: list[PlannedPhase], place: Place) -> None:
    """Refuse to begin anew what was begun otherwise, and is not finished.

    Raises:
        TrainingError: An unfinished phase of the same place in the study is another one.
    """
    if not place.root.is_dir():
        return
    known = {place.folder(phase.key) for phase in plan.phases}
    begun = [f for f in sorted(place.root.iterdir()) if f.is_dir() and f not in known]
    for folder in begun:
        saves = Saves(folder)
        identity = read_identity(folder) if saves.latest() else None
        for phase in pending if identity else []:
            if place.places(folder) & {*phase.places}:
                assert identity is not None
                raise TrainingError(
                    f"{folder}: {phase.title} was begun there and is not finished, but the study "
                    f"or its data has changed since: {_told(identity, phase.identity)}.",
                    remedy=f"Restore what has changed, or remove {folder} to begin anew.",
                )


def _told(before: Identity, now: Identity) -> str:
    found = differences(before, now)
    return "; ".join(found) if found else "a phase before it differs"
