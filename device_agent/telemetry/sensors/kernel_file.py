"""Small files of the kernel: one value each; a device that sleeps raises OSError on reading."""

from __future__ import annotations

from pathlib import Path


def number(path: Path) -> int | None:
    """Return the file's integer; None where it is absent, asleep or no number."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def line(path: Path) -> str | None:
    """Return the file's text without white space and NUL around it; None where there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.strip("\x00 \t\r\n") or None


def monitors(root: Path, name: str) -> list[Path]:
    """Return the folders of all hardware monitors of one driver."""
    found = sorted((root / "sys/class/hwmon").glob("hwmon*"))
    return [folder for folder in found if line(folder / "name") == name]
