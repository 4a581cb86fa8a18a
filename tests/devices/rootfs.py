"""The root file system that the systemd device boots: built once, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import platformdirs

PACKAGES = (
    *("systemd", "systemd-sysv", "udev", "dbus", "dbus-user-session", "libpam-systemd"),
    *("openssh-server", "sudo", "python3", "iproute2", "kmod", "netbase", "procps"),
)
USER = "dev"
_SOURCES = (
    "/etc/apt/sources.list.d/debian.sources",
    "/etc/apt/sources.list.d/ubuntu.sources",
    "/etc/apt/sources.list",
)
_BUILD_TIMEOUT_S = 1800
# $1 the new root. A user with sudo, a name that resolves without DNS, nothing that starts by a
# timer while something is measured, and a journal that outlives a reboot.
SETUP = rf"""
set -eu
chroot "$1" useradd --create-home --shell /bin/bash {USER}
echo '{USER} ALL=(ALL) NOPASSWD: ALL' > "$1/etc/sudoers.d/{USER}"
install -d -m 700 -o "$(chroot "$1" id -u {USER})" -g "$(chroot "$1" id -g {USER})" \
  "$1/home/{USER}/.ssh"
echo device > "$1/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 device\n' > "$1/etc/hosts"
chroot "$1" systemctl --quiet enable systemd-networkd
chroot "$1" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer
mkdir -p "$1/var/log/journal"
rm -rf "$1/var/cache/apt" "$1/var/lib/apt/lists"
"""


class UnavailableError(Exception):
    """The device cannot be had here; the text says why."""


def rootfs() -> Path:
    """Return the root file system for this machine's release and processor; builds it at first use.

    Raises:
        UnavailableError: The build failed; the text has the end of what it said.
    """
    identity = [os.uname().machine, *PACKAGES, SETUP]
    return built_once("nspawn", identity, lambda folder: build_rootfs(folder, PACKAGES))


def built_once(kind: str, identity: Iterable[str], build: Callable[[Path], object]) -> Path:
    """Return what `build` makes, from the user's cache where it was made before.

    Args:
        kind: The cache's folder.
        identity: What must be the same for the cached one to be right; this machine's release is
            always part of it.
        build: Makes a folder of the path that it is given.

    Raises:
        UnavailableError: As `build` does.
    """
    suite = _suite()
    key = hashlib.sha256("\n".join([suite, *identity]).encode()).hexdigest()[:12]
    # Named here and not by the product's cache: those tests move the product's elsewhere.
    folder = platformdirs.user_cache_path("xtreme-edge", appauthor=False) / kind
    folder.mkdir(parents=True, exist_ok=True)
    built = folder / f"{suite}-{key}"
    if not built.is_dir():
        beside = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
        try:
            build(beside / "root")
            (beside / "root").rename(built)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return built


def build_rootfs(root: Path, packages: Sequence[str], *options: str) -> None:
    """Make a Debian of this machine's release with a user that may do everything.

    Args:
        root: The folder to make.
        packages: To install.
        options: More options for mmdebstrap.

    Raises:
        UnavailableError: The build failed; the text has the end of what it said.
    """
    bootstrap(root, packages, *options)
    build_step("sh", "-c", SETUP, "sh", str(root))


def bootstrap(target: Path, packages: Sequence[str], *options: str) -> None:
    """Make a Debian of this machine's release: a folder, or a tar where `target` ends in .tar.

    Raises:
        UnavailableError: The build failed; the text has the end of what it said.
    """
    # What it mounts goes with it, however it ends.
    command = [
        "unshare",
        "--mount",
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--include={','.join(packages)}",
    ]
    build_step(*command, *options, _suite(), str(target), *map(str, _sources()))


def build_step(*argv: str) -> None:
    """Run one command of a build.

    Raises:
        UnavailableError: It failed, or took too long.
    """
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=_BUILD_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"{argv[0]} took more than {_BUILD_TIMEOUT_S} s") from error
    if done.returncode != 0:
        raise UnavailableError(f"{argv[0]} failed: {done.stderr[-300:].strip()}")


def _sources() -> list[Path]:
    return [path for name in _SOURCES if (path := Path(name)).is_file()]


def _suite() -> str:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    pairs = (line.partition("=") for line in text.splitlines())
    suite = {key: value.strip('"') for key, _, value in pairs}.get("VERSION_CODENAME", "")
    if not _sources() or not suite:
        raise UnavailableError("this machine has no apt sources to build a root file system from")
    return suite
