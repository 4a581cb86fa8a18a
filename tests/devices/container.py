"""The agent's arm64 image, built and run by buildah: containers without a daemon of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.devices.arm64_image import arm64_base
from tests.devices.emulation import arm64_programs
from tests.devices.rootfs import UnavailableError

_ROOT = Path(__file__).resolve().parent.parent.parent
_BASE = "localhost/arm64-base"
_IMAGE = "localhost/xtreme-edge-agent"
_BUILD_TIMEOUT_S = 1500
# An emulated program sees this machine's own /proc/cpuinfo, and onnxruntime for arm64 dies of an
# x86 one (SIGSEGV at import, seen with qemu 7.2), so it gets that of a Cortex-A76. The emulated
# core must be one too: on qemu's own (`max`, with SVE and i8mm) int8 products came out as nonsense,
# which the golden set found.
_CORE = "cortex-a76"
_CPUINFO = """\
processor\t: 0
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp asimdrdm lrcpc asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x4
CPU part\t: 0xd0b
CPU revision\t: 1

"""


class AgentContainer:
    """Built by `make image-arm64` at construction; then its commands run until `remove`.

    Args:
        folder: For images and containers, which take 2 GB.

    Raises:
        UnavailableError: It cannot be had here; the text says why.
    """

    def __init__(self, folder: Path) -> None:
        if os.geteuid() != 0 or shutil.which("buildah") is None:
            raise UnavailableError("it needs root and buildah (Debian: buildah)")
        self._stack = ExitStack()
        self._buildah = [
            *("buildah", "--storage-driver", "vfs"),
            *("--root", f"{folder}/images", "--runroot", f"{folder}/run"),
        ]
        self.volume = folder / "volume"
        self._cpuinfo = folder / "cpuinfo"
        self._cpuinfo.write_text(_CPUINFO)
        self._running: subprocess.Popen[bytes] | None = None
        try:
            base = arm64_base()
            self._stack.enter_context(arm64_programs())
            self._import(base)
            self._build()
        except BaseException:
            self._stack.close()
            raise
        self.config: dict[str, Any] = json.loads(
            self._call("inspect", "--type", "image", _IMAGE).stdout
        )["Docker"]["config"]
        self._container = self._call("from", "--pull=never", _IMAGE).stdout.decode().strip()
        self.volume.mkdir()
        os.chown(self.volume, int(self.config["User"]), int(self.config["User"]))

    def start(self) -> None:
        """Start what the image says is to be started."""
        command = [*self.config["Entrypoint"], *self.config["Cmd"]]
        self._running = subprocess.Popen(self._argv(command), start_new_session=True)

    def is_healthy(self) -> bool:
        """Run the image's own health check."""
        kind, *command = self.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.run(command).returncode == 0

    def run(self, command: Sequence[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command in the container, as its user."""
        return subprocess.run(self._argv(command), input=stdin, capture_output=True, check=False)

    def remove(self) -> None:
        """End what runs, and leave nothing."""
        if self._running is not None and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGTERM)
            self._running.wait(60)
        self._call("rm", "--all")
        self._stack.close()

    def _argv(self, command: Sequence[str]) -> list[str]:
        # Over this machine's own, in a mount namespace of its own: buildah binds /proc as it is.
        masked = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /proc/cpuinfo && exec "$@"']
        options = ["--isolation", "chroot", "--volume", f"{self.volume}:/var/lib/xtreme-edge"]
        options += ["--env", f"QEMU_CPU={_CORE}"]
        run = [*self._buildah, "run", *options, self._container, "--", *command]
        return [*masked, str(self._cpuinfo), *run]

    def _import(self, base: Path) -> None:
        made = self._call("from", "--arch", "arm64", "scratch").stdout.decode().strip()
        self._call("add", made, str(base), "/")
        self._call("config", "--arch", "arm64", made)
        self._call("commit", "--quiet", "--rm", made, _BASE)

    def _build(self) -> None:
        made = subprocess.run(
            [
                # The environment is the one that runs these tests.
                *("make", "--assume-old=.venv/.installed", "wheels-arm64", "image-arm64"),
                f"BUILDER={' '.join(self._buildah)}",
                *(f"BASE={_BASE}", f"IMAGE={_IMAGE}"),
                "BUILD_ARGS=--isolation chroot --pull=never",
            ],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_BUILD_TIMEOUT_S,
        )
        assert made.returncode == 0, made.stderr[-3000:]

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([*self._buildah, *arguments], capture_output=True, check=False)
        if done.returncode != 0:
            said = done.stderr[-300:].decode(errors="replace").strip()
            raise UnavailableError(f"buildah {arguments[0]} failed: {said}")
        return done
