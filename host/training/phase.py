"""Runs one planned phase, in whatever process it is called."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from host.training.place import Place
from host.training.plan import PlannedPhase
from host.training.sources import DataPlace, Sources
from training.blend import Ingredient, blend
from training.errors import TrainingError
from training.examples import digest
from training.fit import Execution, Update
from training.lineage import Training, read_training, write_training
from training.machine import is_main, wait_for_all
from training.masked import MaskedText, read_text
from training.model import checkpoint_files
from training.tune import tune


@dataclass(frozen=True)
class Order:
    """A phase, and where everything lies.

    Attributes:
        data: Where the training files are.
        base: The checkpoint that it begins with.
        output: The checkpoint that it makes.
    """

    phase: PlannedPhase
    data: DataPlace
    base: Path
    output: Path
    place: Place


def train_phase(order: Order, progress: Callable[[Update], None]) -> None:
    """Train the phase, from its last save on where there is one.

    Raises:
        TrainingError: Its data has changed meanwhile, another process is training it, the device
            or its memory does not allow it, or the disk is full.
    """
    phase, place = order.phase, order.place
    with _alone(place.folder(phase.key)):
        if is_main():
            place.note_places(phase)
        wait_for_all()
        _train(order, Execution(phase.identity.precision, place.saves(phase.key), progress))


def _train(order: Order, execution: Execution) -> None:
    phase = order.phase
    sources = Sources(order.data)
    ingredients = [
        Ingredient(request.learning, sources.examples(request), request.languages)
        for request in phase.requests
    ]
    for one, part in zip(ingredients, phase.identity.parts, strict=False):
        if digest(one.examples) != part.data_digest:
            raise TrainingError(
                f"The data of {part.task} has changed since this training began.",
                remedy="Leave the files alone while they are read, and run it again.",
            )
    if len(ingredients) > 1 or phase.masked is not None:
        blend(
            order.base,
            order.output,
            ingredients=ingredients,
            hyperparameters=phase.hyperparameters,
            seed=phase.identity.seed,
            cap=phase.identity.cap,
            masked=_masked(order),
            execution=execution,
            key=phase.key,
        )
        return
    (one,) = ingredients
    tune(
        order.base,
        order.output,
        phase="target" if phase.is_target else "intermediate",
        learning=one.learning,
        examples=one.examples,
        languages=one.languages,
        seed=phase.identity.seed,
        hyperparameters=phase.hyperparameters,
        execution=execution,
        key=phase.key,
    )


def _masked(order: Order) -> MaskedText | None:
    masked = order.phase.masked
    if masked is None:
        return None
    assert order.data.folder is not None
    return MaskedText(read_text(order.data.folder, masked.languages), masked.share)


def publish(source: Path, folder: Path, key: str) -> None:
    """Copy a checkpoint to where a study names it, whole or not at all.

    Args:
        source: A checkpoint.
        folder: To be made.
        key: What its record is to be known by.

    Raises:
        TrainingError: The disk is full, or cannot be written.
    """
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for file in checkpoint_files(source):
            shutil.copyfile(file, part / file.name)
        record: Training = msgspec.structs.replace(cast("Any", read_training(source)), key=key)
        write_training(part, record)
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise TrainingError(
            f"{folder}: the checkpoint cannot be written: {error.strerror or error}.",
            remedy="Free some space there, and run the same command again.",
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second `host train` out of a phase; the lock ends with the process.

    Raises:
        TrainingError: Another process trains it, or the folder cannot be made.
    """
    if not is_main():
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("wb")
    except OSError as error:
        raise TrainingError(
            f"{folder}: training cannot be saved there: {error.strerror or error}.",
            remedy="Free some space there, or name another workspace with --output.",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError(
                f"{folder}: another process is training this phase.",
                remedy="Wait for it, or end it; then run the same command again.",
            ) from error
        yield
