"""The arm64 machine's kernel and disk: a whole Debian, made once, kept in the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.devices.emulation import arm64_programs
from tests.devices.rootfs import (
    PACKAGES,
    SETUP,
    UnavailableError,
    bootstrap,
    build_rootfs,
    build_step,
    built_once,
)
from tests.devices.sshd import make_key

ADDRESS = "10.0.2.15"
"""Where qemu's user network forwards to by itself."""
_PACKAGES = (*PACKAGES, "linux-image-cloud-arm64", "initramfs-tools", "zstd")
_TOOLS = ("mmdebstrap", "mke2fs", "qemu-img", "ssh-keygen")
_DEBIAN = "Debian: mmdebstrap arch-test qemu-utils qemu-user-static e2fsprogs openssh-client"
_DISK = "3G"
_BASE_PACKAGES = ("ca-certificates", "python3", "python3-venv")
# $1 the root, before any package is configured: an initramfs with what this machine has. As a
# list it is made in half a minute and unpacked in a moment; emulated, both count.
_INITRAMFS = r"""
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
echo MODULES=list > "$1/etc/initramfs-tools/conf.d/machine"
printf '%s\n' virtio_pci virtio_blk virtio_net ext4 \
  > "$1/usr/share/initramfs-tools/modules.d/machine"
"""
# $1 the root, $2 the folder for what becomes of it.
_FINISH = rf"""
set -eu
printf '[Match]\nName=en* eth*\n[Network]\nAddress={ADDRESS}/24\nLinkLocalAddressing=no\n' \
  > "$1/etc/systemd/network/10-cable.network"
echo '/dev/vda / ext4 rw,noatime 0 1' > "$1/etc/fstab"
chroot "$1" systemctl --quiet mask systemd-networkd-wait-online.service man-db.timer
install -m 600 -o "$(chroot "$1" id -u dev)" -g "$(chroot "$1" id -g dev)" \
  "$2/key.pub" "$1/home/dev/.ssh/authorized_keys"
cp "$1/etc/ssh/ssh_host_ed25519_key.pub" "$2/host_key.pub"
mv "$1"/boot/vmlinuz-* "$2/vmlinuz"
mv "$1"/boot/initrd.img-* "$2/initrd.img"
mke2fs -q -t ext4 -L device -d "$1" "$2/disk.raw" {_DISK}
qemu-img convert -O qcow2 "$2/disk.raw" "$2/disk.qcow2"
rm "$2/disk.raw"
"""


@dataclass(frozen=True)
class Image:
    """The files of one image, none of which a machine changes.

    Attributes:
        folder: Where they lie.
    """

    folder: Path

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd.img"

    @property
    def disk(self) -> Path:
        return self.folder / "disk.qcow2"

    @property
    def key(self) -> Path:
        """The login key."""
        return self.folder / "key"

    @property
    def host_key(self) -> str:
        """As an inventory pins it."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])


def arm64_image() -> Image:
    """Return the image; it is made at first use, which takes minutes.

    Raises:
        UnavailableError: It cannot be made here; the text says why.
    """
    identity = ["arm64", *_PACKAGES, SETUP, _INITRAMFS, _FINISH]
    return Image(built_once("arm64", identity, _build_image))


def arm64_base() -> Path:
    """Return a small arm64 Debian with Python as tar: what containers start from.

    Raises:
        UnavailableError: It cannot be made here; the text says why.
    """
    return built_once("arm64-base", ["arm64", *_BASE_PACKAGES], _build_base) / "base.tar"


def _build_image(folder: Path) -> None:
    _check_prerequisites()
    root = folder / "root"
    folder.mkdir()
    make_key(folder / "key")
    with arm64_programs():
        build_rootfs(root, _PACKAGES, "--architectures=arm64", f"--essential-hook={_INITRAMFS}")
        build_step("sh", "-c", _FINISH, "sh", str(root), str(folder))
    # mmdebstrap leaves nothing mounted, but a file system that is not the folder's must not go.
    subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)


def _build_base(folder: Path) -> None:
    _check_prerequisites()
    folder.mkdir()
    with arm64_programs():
        bootstrap(folder / "base.tar", _BASE_PACKAGES, "--architectures=arm64")


def _check_prerequisites() -> None:
    if os.geteuid() != 0:
        raise UnavailableError("its image is made once, as root")
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise UnavailableError(f"{', '.join(missing)} missing ({_DEBIAN})")
