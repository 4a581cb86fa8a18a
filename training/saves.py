"""Keeps an unfinished phase on the disk, whole saves only, and takes it up where the last ended.

A phase's folder holds `phase.json` (what it is), `machine.json` (what it was begun on), and
`update-N/` after every save; a save is written beside, synchronised and renamed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from device_agent.contract.codec import decode, encode_pretty
from training.errors import TrainingError
from training.identity import Identity, differences
from training.machine import Machine, is_main, this_machine, wait_for_all

PHASE_NAME = "phase.json"
_MACHINE = "machine.json"
_SAVE = re.compile(r"update-(\d+)")
PART = ".part"


@dataclass(frozen=True)
class Saves:
    """Where a phase is kept while it is not finished.

    Attributes:
        folder: Of this phase alone.
        every: Updates between two saves.
    """

    folder: Path
    every: int = 500

    def latest(self) -> Path | None:
        """Return the newest whole save; None where there is none."""
        found = {int(match[1]): path for path in _entries(self.folder) if (match := _named(path))}
        return found[max(found)] if found else None

    def begin(self, identity: Identity) -> Machine | None:
        """Note what is trained here, or check that it is what was begun here.

        Returns:
            What it was begun on; None where it begins now.

        Raises:
            TrainingError: Another phase was begun here, or the folder cannot be written.
        """
        before = read_identity(self.folder)
        if before is not None and before != identity:
            raise TrainingError(
                f"{self.folder}: an unfinished phase lies there that is not this one: "
                f"{'; '.join(differences(before, identity))}.",
                remedy=f"Restore what has changed, or remove {self.folder} to begin anew.",
            )
        began = self._began_on() if before is not None else None
        wait_for_all()
        if is_main() and began is None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / _MACHINE).write_bytes(encode_pretty(this_machine()))
                write_whole(self.folder / PHASE_NAME, encode_pretty(identity))
            except OSError as error:
                raise no_room(self.folder, error) from error
        wait_for_all()
        return began

    def _began_on(self) -> Machine | None:
        path = self.folder / _MACHINE
        return decode(path.read_bytes(), Machine, source=str(path)) if path.is_file() else None

    @contextmanager
    def saving(self, update: int) -> Iterator[Path]:
        """Yield the folder that becomes the save of that update once the context ends well.

        Every process writes into it; one of them makes it whole.

        Raises:
            TrainingError: The disk is full, or cannot be written; the save before stays.
        """
        part = self.folder / PART
        try:
            if is_main():
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
            wait_for_all()
            yield part
            wait_for_all()
            if is_main():
                _synchronise(part)
                part.rename(self.folder / f"update-{update}")
                _synchronise_folder(self.folder)
                self._drop_before(update)
        except (OSError, SafetensorError, RuntimeError) as error:
            # torch.save reports a full disk as a RuntimeError of its own.
            if is_main():
                shutil.rmtree(part, ignore_errors=True)
            if isinstance(error, RuntimeError) and not _is_of_writing(error):
                raise
            raise no_room(self.folder, error) from error

    def _drop_before(self, update: int) -> None:
        for path in _entries(self.folder):
            match = _named(path)
            if match and int(match[1]) < update:
                shutil.rmtree(path, ignore_errors=True)

    def clear(self) -> None:
        """Remove the saves of a phase that is finished; what it was stays."""
        wait_for_all()
        if is_main():
            for path in _entries(self.folder):
                if _named(path) or path.name == PART:
                    shutil.rmtree(path, ignore_errors=True)
        wait_for_all()


def read_identity(folder: Path) -> Identity | None:
    """Return the phase that was begun in a folder; None where there is none.

    Raises:
        ContractError: The file is damaged.
    """
    path = folder / PHASE_NAME
    return decode(path.read_bytes(), Identity, source=str(path)) if path.is_file() else None


def no_room(folder: Path, error: Exception) -> TrainingError:
    """Return the error for a folder that cannot be written."""
    return TrainingError(
        f"{folder}: training cannot be saved: {str(error).strip().splitlines()[0]}",
        remedy="Free some space there; the same command then goes on from the last whole save.",
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    _synchronise_file(part)
    part.rename(path)


def _is_of_writing(error: RuntimeError) -> bool:
    text = str(error)
    return "PytorchStreamWriter" in text or "inline_container" in text or "iostream" in text


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _named(path: Path) -> re.Match[str] | None:
    return _SAVE.fullmatch(path.name)


def _synchronise(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            _synchronise_file(path)
    _synchronise_folder(folder)


def _synchronise_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _synchronise_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
