"""Which blobs the last two releases and the last two studies consist of, as hosts have told."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from device_agent.layout import Layout
from device_agent.service.runs import write_durably

_FOLDER = "named"
_KINDS = ("release", "study")
_GENERATIONS = ("current", "previous")


def note(layout: Layout, kind: str, digests: Collection[str]) -> None:
    """Remember the blobs of what is coming; what was current becomes the previous one.

    Args:
        layout: The state folder's.
        kind: "release" or "study".
        digests: Its blobs; none of them says that nothing of this kind is coming.
    """
    current, previous = (_path(layout, kind, generation) for generation in _GENERATIONS)
    text = "".join(f"{digest}\n" for digest in sorted(digests)).encode()
    before = current.read_bytes() if current.is_file() else b""
    if not text or text == before:
        return
    current.parent.mkdir(parents=True, exist_ok=True)
    if before:
        write_durably(previous, before)
    write_durably(current, text)


def named(layout: Layout) -> frozenset[str]:
    """Return the digests of all that is remembered."""
    paths = [_path(layout, kind, generation) for kind in _KINDS for generation in _GENERATIONS]
    return frozenset(
        word
        for path in paths
        if path.is_file()
        for word in path.read_text(encoding="ascii").split()
    )


def _path(layout: Layout, kind: str, generation: str) -> Path:
    return Path(layout.root) / _FOLDER / f"{kind}.{generation}"
