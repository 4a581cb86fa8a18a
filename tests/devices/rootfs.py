"""The root file system that the systemd device boots: built once, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
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
_BUILD_TIMEOUT_S = 900
# $1 the new root. A user with sudo, a name that resolves without DNS, nothing that starts by a
# timer while something is measured, and a journal that outlives a reboot.
_SETUP = rf"""
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
    sources = [path for path in _SOURCES if Path(path).is_file()]
    suite = _os_release().get("VERSION_CODENAME", "")
    if not sources or not suite:
        raise UnavailableError("this machine has no apt sources to build a root file system from")
    identity = "\n".join([suite, os.uname().machine, *PACKAGES, _SETUP])
    key = hashlib.sha256(identity.encode()).hexdigest()[:12]
    # Named here and not by the product's cache: those tests move the product's elsewhere.
    folder = platformdirs.user_cache_path("xtreme-edge", appauthor=False) / "nspawn"
    folder.mkdir(parents=True, exist_ok=True)
    built = folder / f"{suite}-{key}"
    if not built.is_dir():
        beside = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
        try:
            _build(beside / "root", suite, sources)
            (beside / "root").rename(built)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return built


def _build(root: Path, suite: str, sources: list[str]) -> None:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    for argv in ([*command, suite, str(root), *sources], ["sh", "-c", _SETUP, "sh", str(root)]):
        try:
            done = subprocess.run(
                argv, capture_output=True, text=True, check=False, timeout=_BUILD_TIMEOUT_S
            )
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"{argv[0]} took more than {_BUILD_TIMEOUT_S} s") from error
        if done.returncode != 0:
            raise UnavailableError(f"{argv[0]} failed: {done.stderr[-300:].strip()}")


def _os_release() -> dict[str, str]:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    pairs = (line.partition("=") for line in text.splitlines())
    return {key: value.strip('"') for key, _, value in pairs}
