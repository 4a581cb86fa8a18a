"""Unpacks what a device sends: plain tar headers, one file each, or nothing.

A device writes nothing but plain headers, so the extensions of tar (long names, sparse files,
attributes that change a size) are refused unread: in them hide bombs, loops and negative sizes.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import BinaryIO

import msgspec

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.files import RelativePath

MAX_BUNDLE_BYTES = 8 << 30
MAX_FILES = 10_000
_BLOCK_BYTES = tarfile.BLOCKSIZE
_CHUNK_BYTES = 1 << 20
MAX_TAR_BYTES = MAX_BUNDLE_BYTES + (1 + 2 * MAX_FILES) * _BLOCK_BYTES


def unpack(tar_file: Path, folder: Path) -> None:
    """Unpack regular files with plain relative names, within bounds; anything else is refused.

    Raises:
        ContractError: Not a tar, or one with a link, a device, an unsafe name, or too much in it.
    """
    folder.mkdir()
    total_bytes = number = 0
    with tar_file.open("rb") as tar:
        while (entry := _header(tar)) is not None:
            number += 1
            total_bytes += entry.size
            if total_bytes > MAX_BUNDLE_BYTES or number > MAX_FILES:
                raise refused(f"it holds more than {MAX_BUNDLE_BYTES} bytes or files")
            path = folder / _safe(entry.name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = path.open("xb")
            except (FileExistsError, NotADirectoryError) as error:
                raise refused(f"{entry.name!r} stands in it twice") from error
            with file:
                _copy(tar, file, entry.size)


def refused(reason: str) -> ContractError:
    """Return the error for a bundle that is not what a device makes."""
    return ContractError(
        f"The bundle that the device sent is refused: {reason}.",
        remedy="Run `host collect` again; if it happens twice, do not trust this device.",
    )


def _header(tar: BinaryIO) -> tarfile.TarInfo | None:
    """Read the next file's header; None at the end."""
    block = tar.read(_BLOCK_BYTES)
    if block == bytes(_BLOCK_BYTES):
        return None
    try:
        entry = tarfile.TarInfo.frombuf(block, "utf-8", "backslashreplace")
    except (tarfile.TarError, ValueError) as error:
        raise refused(str(error)) from error
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise refused(f"{entry.name!r} is not a regular file")
    if entry.size < 0:
        raise refused(f"{entry.name!r} has {entry.size} bytes")
    return entry


def _copy(tar: BinaryIO, file: BinaryIO, size_bytes: int) -> None:
    left = size_bytes
    while left:
        chunk = tar.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise refused("unexpected end of data")
        file.write(chunk)
        left -= len(chunk)
    tar.seek(-size_bytes % _BLOCK_BYTES, 1)


def _safe(name: str) -> str:
    try:
        return codec.decode(msgspec.json.encode(name), RelativePath, source="name")
    except ContractError as error:
        raise refused(f"{name!r} is not a plain relative path") from error
