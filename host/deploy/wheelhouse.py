"""Fetches, on the host, the wheels that a device's Python, libc and processor can use."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from device_agent.contract.errors import DeviceError
from device_agent.digest import digest_bytes, digest_file
from host.deploy.cache import cache_folder
from host.deploy.content import Blob

# Older ones have no wheels of today's runtimes.
_OLDEST_GLIBC = (2, 17)
_LEGACY_TAGS = {(2, 17): "manylinux2014"}
_TIMEOUT_S = 1800.0
_INSTALLER = "uv>=0.5"
# Token ids decide every result, so the device splits text with the very version that the host
# exported and verified with.
_SAME_AS_HOST = ("tokenizers",)


@dataclass(frozen=True)
class Target:
    """What wheels must fit.

    Attributes:
        architecture: As `uname -m` says, such as "aarch64".
        glibc: Major and minor version.
        python: Major and minor version.
    """

    architecture: str
    glibc: tuple[int, int]
    python: tuple[int, int]

    @property
    def tags(self) -> tuple[str, ...]:
        """The platform tags that the device can use, newest first."""
        tags = []
        for minor in range(self.glibc[1], _OLDEST_GLIBC[1] - 1, -1):
            tags.append(f"manylinux_2_{minor}_{self.architecture}")
            if (2, minor) in _LEGACY_TAGS:
                tags.append(f"{_LEGACY_TAGS[2, minor]}_{self.architecture}")
        return tuple(tags)

    def __str__(self) -> str:
        return (
            f"Python {self.python[0]}.{self.python[1]} on {self.architecture} "
            f"with glibc {self.glibc[0]}.{self.glibc[1]}"
        )


@dataclass(frozen=True)
class Wheelhouse:
    """The wheels, and the one that holds the installer's binary."""

    wheels: tuple[Blob, ...]
    installer: Blob


def fetch_wheelhouse(target: Target, requirements: Sequence[str]) -> Wheelhouse:
    """Return the wheels of these requirements for a device, from the cache where it has them.

    Only the requirements themselves: what they in turn name is not needed to run the agent, and
    would triple what goes to the device. The canary import after each deploy proves it.

    Raises:
        DeviceError: No index is within reach, or it has no fitting wheel.
    """
    pinned = [_pin(requirement) for requirement in requirements]
    folder = cache_folder("wheelhouse") / _name(target, pinned)
    if not folder.is_dir():
        _download(target, [*pinned, _INSTALLER], folder)
    blobs = [Blob.of(digest_file(path), path) for path in sorted(folder.glob("*.whl"))]
    installer = next(blob for blob in blobs if blob.name.startswith("uv-"))
    return Wheelhouse(tuple(blob for blob in blobs if blob is not installer), installer)


def download_command(target: Target, requirements: Sequence[str], folder: Path) -> list[str]:
    """Return the argv of the download; pure."""
    platforms = [word for tag in target.tags for word in ("--platform", tag)]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary=:all:", "--implementation", "cp"),
        *("--python-version", f"{target.python[0]}.{target.python[1]}", *platforms),
        *("--dest", str(folder), *requirements),
    ]


def _download(target: Target, requirements: Sequence[str], folder: Path) -> None:
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    try:
        done = subprocess.run(
            download_command(target, requirements, beside),
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise DeviceError(
                f"The wheels for {target} cannot be fetched: "
                f"{' '.join(lines)[-500:] or done.stderr[-500:].strip()}",
                remedy="Connect this host (not the device) to a package index once, or name with "
                "`python:` in the device's entry an interpreter that has "
                f"{', '.join(requirements[:-1])}.",
            )
        if not folder.is_dir():
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _pin(requirement: str) -> str:
    for name in _SAME_AS_HOST:
        if requirement.startswith(name):
            return f"{name}=={metadata.version(name)}"
    return requirement


def _name(target: Target, requirements: Sequence[str]) -> str:
    identity = digest_bytes("\n".join(sorted(requirements)).encode())[:12]
    python = f"cp{target.python[0]}{target.python[1]}"
    libc = f"glibc{target.glibc[0]}.{target.glibc[1]}"
    return f"{target.architecture}-{libc}-{python}-{identity}"
