"""Lets this kernel start arm64 programs while an image is made, and leaves it as it was."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.devices.rootfs import UnavailableError

_FOLDER = Path("/proc/sys/fs/binfmt_misc")
_NAME = "xtreme-edge-arm64"
_INTERPRETER = "qemu-aarch64-static"
# The head of an ELF file for arm64. With F the interpreter is opened now, so that it also works
# behind a chroot; with O and C a program such as sudo keeps the rights that its file gives.
_MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
_MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
_FLAGS = "OCF"


@contextmanager
def arm64_programs() -> Iterator[None]:
    """Make arm64 programs run for the context, where they do not run anyway.

    Raises:
        UnavailableError: This kernel or this user cannot.
    """
    with ExitStack() as stack:
        if not (_FOLDER / "register").exists():
            _mount()
            stack.callback(subprocess.run, ["umount", "--lazy", str(_FOLDER)], check=False)
        if not _is_registered():
            _register()
            stack.callback((_FOLDER / _NAME).write_text, "-1")
        yield


def _mount() -> None:
    command = ["mount", "-t", "binfmt_misc", "binfmt_misc", str(_FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UnavailableError(f"binfmt_misc cannot be mounted: {done.stderr.strip()}")


def _is_registered() -> bool:
    entries = [path.read_text() for path in _FOLDER.iterdir() if path.name.endswith("arm64")]
    entries += [path.read_text() for path in _FOLDER.glob("*aarch64*")]
    return any(text.startswith("enabled") for text in entries)


def _register() -> None:
    interpreter = shutil.which(_INTERPRETER)
    if interpreter is None:
        raise UnavailableError(f"{_INTERPRETER} is missing (Debian: qemu-user-static)")
    magic = _MAGIC.replace("ELF", r"\x45\x4c\x46")
    try:
        (_FOLDER / "register").write_text(f":{_NAME}:M::{magic}:{_MASK}:{interpreter}:{_FLAGS}")
    except OSError as error:
        raise UnavailableError(f"arm64 programs cannot be registered: {error.strerror}") from error
