"""Write artifact folders all at once or not at all, and recognise those that are up to date."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from device_agent import golden
from device_agent.alive import is_alive
from device_agent.contract import codec
from device_agent.contract.artifact import (
    GOLDEN_NAME,
    MANIFEST_NAME,
    TOKENIZER_NAME,
    ArtifactManifest,
)
from device_agent.contract.codec import Digest
from device_agent.contract.errors import ContractError
from device_agent.contract.files import FileEntry
from device_agent.digest import digest_bytes, digest_file
from export.errors import ExportError
from export.plan import ArtifactPlan
from export.request import Samples

MEASURED_NAME = "measured.json"
"""What was measured while an artifact was made. It lies beside it on the host, and is neither part
of the artifact nor shipped: made again from the same inputs, an artifact has the same digest."""

_MARK = ".xtreme-edge-"
"""Begins the name of all that lies beside artifacts for a while, as no one else's name does: what
is left of it is taken away, and the folder may be somebody's home."""

_LEFT = re.compile(re.escape(_MARK) + r"(?P<kind>work|new|old)-(?P<process>\d+)-(?P<name>.+)")


def read(folder: Path) -> tuple[ArtifactManifest, Digest]:
    """Read an artifact's manifest; its digest is the artifact's identity.

    Raises:
        ExportError: There is no manifest.
        ContractError: It is not a valid one.
    """
    path = folder / MANIFEST_NAME
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExportError(
            f"{folder}: not an artifact: {MANIFEST_NAME} cannot be read: {error.strerror}.",
            remedy="Make it with `host export CHECKPOINT`.",
        ) from error
    return codec.decode(data, ArtifactManifest, source=str(path)), digest_bytes(data)


def damaged_files(folder: Path, manifest: ArtifactManifest) -> list[str]:
    """Return the files that the manifest names and the folder lacks or has otherwise."""
    return [
        entry.path
        for entry in manifest.files
        if not (folder / entry.path).is_file()
        or (folder / entry.path).stat().st_size != entry.size_bytes
        or digest_file(folder / entry.path) != entry.digest
    ]


def check_replaceable(folder: Path) -> None:
    """Refuse to replace a folder that an export did not write.

    Raises:
        ExportError: Something else is there.
    """
    if folder.exists() and not folder.is_dir():
        held = True
    else:
        held = folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST_NAME).exists()
    if held:
        raise ExportError(
            f"{folder}: is there already and is no artifact; it will not be replaced.",
            remedy="Name another output folder.",
        )
    if Path.cwd().is_relative_to(folder.resolve()):
        raise ExportError(
            f"{folder}: is the folder that you are in, or above it; it will not be replaced.",
            remedy="Name a folder inside of it with --output, or go to another one first.",
        )
    foreign = _foreign(folder)
    if foreign:
        raise ExportError(
            f"{folder}: holds {', '.join(foreign)}, which no export wrote; it will not be "
            "replaced.",
            remedy="Move it elsewhere, or name another output folder.",
        )


def check_same_model(wanted: ArtifactPlan) -> None:
    """Refuse to replace an artifact that is not an earlier state of this one.

    Tools and golden samples may have changed since; what the artifact is of may not.

    Raises:
        ExportError: Something else's artifact is there.
    """
    try:
        found, _ = read(wanted.folder)
    except (ExportError, ContractError):
        return
    pairs = {
        "weights": (found.lineage.checkpoint_digest, wanted.checkpoint.digest),
        "recipe": (found.recipe, wanted.recipe.NAME),
        "format": (found.format, wanted.format.name),
        "task": (found.lineage.target_task, wanted.record.target_task),
        "vocabulary": (found.vocabulary_digest, wanted.vocabulary_digest),
    }
    others = [name for name, (is_there, asked) in pairs.items() if is_there != asked]
    if others:
        raise ExportError(
            f"{wanted.folder}: holds {found.name}, of other {' and '.join(others)}; it will "
            "not be replaced.",
            remedy="Name another output folder, or add --replace.",
        )


def _foreign(folder: Path) -> list[str]:
    """Return what an artifact's folder holds beside the artifact; nothing of a torn manifest."""
    try:
        manifest, _ = read(folder)
    except (ExportError, ContractError):
        return []
    own = {entry.path for entry in manifest.files} | {MANIFEST_NAME, MEASURED_NAME}
    return sorted(path.name for path in folder.iterdir() if path.name not in own)


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside `folder`, which takes its place if the block succeeds.

    A link is followed. Of several exports into one place the last one stays. Nothing is fsynced:
    what a power cut tears fails its digests and is exported again.
    """
    check_replaceable(folder)
    place = folder.resolve()
    fresh, old = (
        place.with_name(f"{_MARK}{kind}-{os.getpid()}-{place.name}") for kind in ("new", "old")
    )
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        _put(fresh, place, old)
    finally:
        if old.exists() and not place.exists():
            # Interrupted between the two moves.
            old.rename(place)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _put(fresh: Path, place: Path, old: Path) -> None:
    """Move the new folder to its place; whoever else just did so is moved aside once more."""
    while True:
        with contextlib.suppress(FileNotFoundError):
            place.rename(old)
        try:
            fresh.rename(place)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            return


@contextlib.contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Yield a folder on the artifacts' own disk, whose free space was checked."""
    parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{_MARK}work-{os.getpid()}-"
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as name:
        yield Path(name)


def sweep(parent: Path) -> None:
    """Take away what exports that were killed have left; an artifact half replaced comes back.

    Args:
        parent: Where artifacts lie. What processes that still run have there stays.
    """
    for path in parent.iterdir() if parent.is_dir() else ():
        left = _LEFT.fullmatch(path.name)
        if left is None or is_alive(int(left["process"])):
            continue
        if left["kind"] == "old" and not path.with_name(left["name"]).exists():
            path.rename(path.with_name(left["name"]))
        else:
            shutil.rmtree(path, ignore_errors=True)


def entries(folder: Path) -> tuple[FileEntry, ...]:
    """Return every file of the folder as a manifest names it, sorted by name."""
    return tuple(
        FileEntry(path=path.name, size_bytes=path.stat().st_size, digest=digest_file(path))
        for path in sorted(folder.iterdir())
        if path.name not in (MANIFEST_NAME, MEASURED_NAME)
    )


def write_manifest(folder: Path, manifest: ArtifactManifest) -> Digest:
    """Write the manifest, an export's last step, and return the artifact's identity."""
    data = codec.encode_pretty(manifest)
    (folder / MANIFEST_NAME).write_bytes(data)
    return digest_bytes(data)


def up_to_date(wanted: ArtifactPlan, samples: Samples) -> tuple[ArtifactManifest, Digest] | None:
    """Return the artifact that is there if exporting again would only make it once more.

    Args:
        wanted: The artifact as planned.
        samples: The golden inputs.
    """
    try:
        found, digest = read(wanted.folder)
        same = (
            wanted.is_met_by(found)
            and not golden.broken_limits(found.parity)
            and {found.model_file, GOLDEN_NAME, TOKENIZER_NAME} <= {e.path for e in found.files}
            and not damaged_files(wanted.folder, found)
            and _same_samples(golden.load(wanted.folder / GOLDEN_NAME), samples)
        )
    except (ExportError, ContractError):
        return None
    return (found, digest) if same else None


def _same_samples(found: Sequence[golden.GoldenSample], wanted: Samples) -> bool:
    pairs = [(language, rows) for language, inputs in wanted.items() for rows in inputs]
    return len(found) == len(pairs) and all(
        sample.language == language
        and len(sample.rows) == len(rows)
        and all(
            np.array_equal(a.input_ids, b.input_ids)
            and np.array_equal(a.token_type_ids, b.token_type_ids)
            for a, b in zip(sample.rows, rows, strict=True)
        )
        for sample, (language, rows) in zip(found, pairs, strict=True)
    )
