"""Find a checkpoint's weights file, prove it whole and list its tensors, without loading it."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.errors import ExportError

_SINGLE = ("model.safetensors", "pytorch_model.bin")
_FP32_BYTES = 4
_MAX_HEADER_BYTES = 100_000_000
"""The limit of the safetensors format itself."""

_COPY_AGAIN = "Copy or download the checkpoint again."


@dataclass(frozen=True)
class Weights:
    """The weights files.

    Attributes:
        files: Every file that holds or indexes weights.
        shapes: Tensor name to shape; None for `pytorch_model.bin`, which tells only when loaded.
        fp32_bytes: Size of all weights as float32, the most that an artifact of them can need.
    """

    files: tuple[Path, ...]
    shapes: Mapping[str, tuple[int, ...]] | None
    fp32_bytes: int


def find(folder: Path) -> Weights:
    """Find and check the weights of a checkpoint folder.

    Raises:
        ExportError: There are none, or a file is cut short or damaged.
    """
    for name in _SINGLE:
        if (folder / name).is_file():
            return _whole((folder / name,))
        index = folder / f"{name}.index.json"
        if index.is_file():
            return _whole(_shards(index), index)
    raise ExportError(
        f"{folder}: no weights: neither model.safetensors nor pytorch_model.bin is there.",
        remedy="Save the trained model there with `model.save_pretrained(FOLDER)`.",
    )


def _shards(index: Path) -> tuple[Path, ...]:
    try:
        names = sorted(set(json.loads(index.read_bytes())["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ExportError(
            f"{index}: not an index of shards: {error}", remedy=_COPY_AGAIN
        ) from error
    shards = tuple(index.parent / str(name) for name in names)
    missing = [shard.name for shard in shards if not shard.is_file()]
    if missing or not shards:
        raise ExportError(
            f"{index}: names {len(shards)} shards, missing: {', '.join(missing) or 'all'}.",
            remedy=_COPY_AGAIN,
        )
    return shards


def _whole(parts: tuple[Path, ...], *indices: Path) -> Weights:
    shapes: dict[str, tuple[int, ...]] = {}
    for part in parts:
        _refuse_pointer(part)
        if part.suffix == ".safetensors":
            shapes |= _safetensors_shapes(part)
        else:
            _check_archive(part)
    readable = parts[0].suffix == ".safetensors"
    size_bytes = sum(part.stat().st_size for part in parts)
    return Weights(
        files=(*parts, *indices),
        shapes=shapes if readable else None,
        fp32_bytes=sum(math.prod(shape) for shape in shapes.values()) * _FP32_BYTES or size_bytes,
    )


def _refuse_pointer(part: Path) -> None:
    with part.open("rb") as file:
        if file.read(20).startswith(b"version https://git"):
            raise ExportError(
                f"{part}: is a Git LFS pointer, not the weights.",
                remedy="Run `git lfs pull` in the checkpoint's repository.",
            )


def _safetensors_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Read the header: 8 bytes of length, then JSON with each tensor's place in the file."""
    size_bytes = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(size_bytes, _MAX_HEADER_BYTES):
                raise ValueError(f"a header of {length} bytes is claimed")  # noqa: TRY301 one exit
            header: dict[str, Any] = json.loads(file.read(length))
        header.pop("__metadata__", None)
        end = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
        shapes = {name: tuple(entry["shape"]) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExportError(
            f"{path}: damaged: its header cannot be read: {error}.", remedy=_COPY_AGAIN
        ) from error
    if end != size_bytes:
        raise ExportError(
            f"{path}: damaged: it has {size_bytes:,} bytes, its header promises {end:,}.",
            remedy=_COPY_AGAIN,
        )
    return shapes


def _check_archive(path: Path) -> None:
    """Check a PyTorch zip archive, whose directory stands at its end; older pickles have none."""
    with path.open("rb") as file:
        archive = file.read(2) == b"PK"
    if archive and not zipfile.is_zipfile(path):
        raise ExportError(
            f"{path}: damaged: {path.stat().st_size:,} bytes without the archive's end.",
            remedy=_COPY_AGAIN,
        )
