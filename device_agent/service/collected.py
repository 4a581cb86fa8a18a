"""Remembers on the device that a host has fetched a run's bundle and verified it."""

from __future__ import annotations

from device_agent.contract.bundle import MANIFEST_NAME
from device_agent.contract.errors import RunError
from device_agent.digest import digest_file
from device_agent.service.runs import RunFolder, write_durably

_MARK = "collected"


def mark_collected(folder: RunFolder, manifest: str) -> None:
    """Write the mark: from now on the run may be evicted.

    Args:
        folder: The run's.
        manifest: Digest of the manifest of the bundle that the host has verified.

    Raises:
        RunError: The bundle here is another, or there is none.
    """
    if _sealed(folder) != manifest:
        raise RunError(
            f"Run {folder.path.name} has another bundle on the device than the one collected.",
            remedy=f"Collect it again: `host collect {folder.path.name}`.",
        )
    write_durably(folder.path / _MARK, manifest.encode())


def is_collected(folder: RunFolder) -> bool:
    """Say whether the very bundle that lies here was collected."""
    try:
        mark = (folder.path / _MARK).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    # A run that was taken up again has another bundle, or none.
    return mark == _sealed(folder)


def _sealed(folder: RunFolder) -> str | None:
    manifest = folder.bundle / MANIFEST_NAME
    return digest_file(manifest) if manifest.is_file() else None
