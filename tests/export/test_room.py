"""Free memory and disk, and what is refused for want of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from export import room
from export.errors import ExportError
from export.footprint import Footprint

_MEMINFO = "MemTotal:       24000000 kB\nMemFree:  1 kB\nMemAvailable:   {} kB\n"


def _machine(root: Path, available_kib: int, *, limit: str | None = None, used: int = 0) -> Path:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(_MEMINFO.format(available_kib))
    if limit is not None:
        (root / "sys/fs/cgroup").mkdir(parents=True)
        (root / "sys/fs/cgroup/memory.max").write_text(f"{limit}\n")
        (root / "sys/fs/cgroup/memory.current").write_text(f"{used}\n")
    return root


def test_free_memory_is_what_the_kernel_says(tmp_path: Path) -> None:
    """Caches that it would give up are free."""
    assert room.free_memory_bytes(_machine(tmp_path, 2_000)) == 2_048_000


@pytest.mark.parametrize(
    ("limit", "expected"), [("1500000", 1_000_000), ("max", 2_048_000), ("99999999", 2_048_000)]
)
def test_a_containers_limit_counts(tmp_path: Path, limit: str, expected: int) -> None:
    """The smaller of the two is what there is."""
    machine = _machine(tmp_path, 2_000, limit=limit, used=500_000)
    assert room.free_memory_bytes(machine) == expected


def test_a_full_container_has_nothing_free(tmp_path: Path) -> None:
    """Rather than what the machine around it has."""
    assert room.free_memory_bytes(_machine(tmp_path, 2_000, limit="1000", used=1_000)) == 0


def test_a_system_that_does_not_tell_is_given_half_its_memory(tmp_path: Path) -> None:
    """As macOS is."""
    assert room.free_memory_bytes(tmp_path) > 100_000_000


@pytest.mark.parametrize(
    ("needed", "message", "remedy"),
    [
        (Footprint(6_300_000_000, 1, 1), "4.0 GB of memory allowed, .* about 6.3 GB", "6.3GB`"),
        (
            Footprint(1, 10**18, 1),
            "MB free, but the export of mine needs 1,000,000,000,000 MB",
            "disk",
        ),
    ],
)
def test_what_is_too_little_is_told_with_both_figures(
    tmp_path: Path, needed: Footprint, message: str, remedy: str
) -> None:
    """And with what to do."""
    with pytest.raises(ExportError, match=message) as caught:
        room.check("mine", tmp_path / "not" / "there", needed, memory_bytes=4_000_000_000)
    assert remedy in caught.value.remedy
