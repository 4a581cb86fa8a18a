"""Copies what ships with the demo into a folder of the user's, as whole checkpoint folders."""

from __future__ import annotations

import filecmp
import shutil
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "shipped"
REGIMES = ("english", "multilingual")
INTERMEDIATE_TASKS = ("mnli", "squad")
LAYER = 4
"""The layer whose mean embeds a sentence best, found on translations that are not evaluated."""


@dataclass(frozen=True)
class DemoFiles:
    """Where the demo's input lies.

    Attributes:
        data: Evaluation data in the layout of the benchmark's download.
        checkpoints: Per regime, per target task (`encoder` serves retrieval), a folder in the
            usual Hugging Face layout.
    """

    data: Path
    checkpoints: dict[str, dict[str, Path]]


def materialise(target: Path) -> DemoFiles:
    """Write `data/` and `checkpoints/<regime>/<name>/`; files that are there already stay.

    The checkpoints ship without their tokenizer, which is the same for all and ships once.

    Args:
        target: Folder to write into.
    """
    _copy(SHIPPED / "data", target / "data")
    checkpoints: dict[str, dict[str, Path]] = {}
    for regime in REGIMES:
        checkpoints[regime] = {}
        for source in sorted((SHIPPED / "checkpoints" / regime).iterdir()):
            folder = target / "checkpoints" / regime / source.name
            _copy(source, folder)
            _copy(SHIPPED / "tokenizer", folder)
            checkpoints[regime][source.name] = folder
    return DemoFiles(target / "data", checkpoints)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder's files, each whole or not at all; equal ones are not touched."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        place = target / file.relative_to(source)
        if place.is_file() and filecmp.cmp(file, place, shallow=False):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        shutil.copyfile(file, part)
        part.replace(place)
