"""Whether the agent and its artifacts fit on the device's disk."""

from __future__ import annotations

from collections.abc import Iterator

from host.doctor.finding import Finding
from host.doctor.inspection import Storage

# An agent with its environment takes 0.3 GB; XLM-R base as int8 0.28 GB and as fp32 1.1 GB.
_AGENT_BYTES = 300_000_000
_STUDY_BYTES = 2_000_000_000


def check(storage: Storage) -> Iterator[Finding]:
    """Tell the free space, and what the agent has taken."""
    taken = "" if storage.used_bytes is None else f"; the agent takes {_gb(storage.used_bytes)}"
    told = f"{_gb(storage.free_bytes)} of {_gb(storage.total_bytes)} free{taken}"
    free_some = f"Free space on the device: `df -h {storage.state}` and `sudo apt clean`."
    if storage.read_only:
        yield Finding(
            "disk",
            "failure",
            f"{storage.state} is on a read-only file system",
            "Nothing can be installed; a worn-out card turns read-only too.",
            "Look why (`sudo dmesg | tail`), then `sudo mount -o remount,rw /`.",
        )
    elif storage.free_bytes < _AGENT_BYTES and storage.used_bytes is None:
        meaning = f"The agent's environment takes {_gb(_AGENT_BYTES)}."
        yield Finding("disk", "failure", told, meaning, free_some)
    elif storage.free_bytes < _STUDY_BYTES:
        meaning = "One XLM-R base takes 0.28 GB as int8 and 1.1 GB as fp32."
        yield Finding("disk", "warning", told, meaning, free_some)
    else:
        yield Finding("disk", "ok", told)


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"
