"""Remembers which golden sets have passed here, so that they are not run for nothing again."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from pathlib import Path, PurePath

from device_agent import runtimes
from device_agent.contract import codec
from device_agent.digest import digest_bytes
from device_agent.layout import RELEASE_VARIABLE, Layout
from device_agent.version import __version__

# What decides which kernels a runtime takes: a memory card may move to another board.
_PROCESSOR = re.compile(
    r"^(?:flags|Features|model name|CPU (?:part|implementer))\s*:.*$", re.MULTILINE
)


class Passed:
    """One small file an artifact below the state folder; losing it costs another check.

    Args:
        layout: The state folder.
        root: "/" on a real device; tests pass a recorded tree.
    """

    def __init__(self, layout: Layout, root: Path = Path("/")) -> None:
        self._folder = Path(layout.golden)
        self._circumstances = [_release(), platform.machine(), _processor(root)]

    def knows(self, artifact: str, runtime: str) -> bool:
        """Say whether the artifact passed under just these circumstances."""
        try:
            return (self._folder / artifact).read_text("ascii") == self._key(artifact, runtime)
        except (OSError, ValueError):
            return False

    def remember(self, artifact: str, runtime: str) -> None:
        """Note that the artifact has passed; a disk that takes no note is no failure."""
        beside = self._folder / f".{artifact}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(self._key(artifact, runtime), encoding="ascii")
            beside.replace(self._folder / artifact)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _key(self, artifact: str, runtime: str) -> str:
        identity = [artifact, runtime, runtimes.installed(runtime), *self._circumstances]
        return digest_bytes(codec.encode(identity))


def _release() -> str:
    return PurePath(os.environ.get(RELEASE_VARIABLE, "")).name or __version__


def _processor(root: Path) -> str:
    try:
        text = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return digest_bytes("\n".join(sorted(set(_PROCESSOR.findall(text)))).encode())
