"""What a deploy needs to know of a device: one script asks, one pure function reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy import graphics
from host.deploy.graphics import NONE, Graphics
from host.deploy.remote_script import run_script
from host.transport.session import Session

# Tells of which release the daemon is that serves a state folder: who holds the lock has written
# it there. A lock that can be had is nobody's.
SERVING = r"""
serving() {
  [ -r "$1/agent.lock" ] && ! flock -n -s "$1/agent.lock" true 2>/dev/null || return 0
  sed -n "$2p" "$1/agent.lock"
}
serving_release() { serving "$1" 2; }
"""

# $1 state folder, $2 named interpreter or "", $3… packages to look for in it.
SCRIPT = (
    SERVING
    + 'say() { printf \'%s\\t%s\\n\' "$1" "$2"; }\n'
    + graphics.SCRIPT
    + r"""
state=$1 python=$2
shift 2
case $python in "~/"*) python=$HOME/${python#??} ;; esac

say system "$(uname -s)"
say architecture "$(uname -m)"
say kernel "$(uname -r)"
say libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
say memory_kib "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"

for tool in dd df flock mv readlink setsid sha256sum stat sync tar truncate; do
  command -v "$tool" >/dev/null || say lacks "$tool"
done

version='import sys; print("%d.%d.%d" % sys.version_info[:3])'
try() {
  path=$(command -v "$1") && found=$("$path" -c "$version" 2>/dev/null) &&
    say python "$found $path"
}
if [ -n "$python" ]; then
  try "$python"
else
  for name in python3 python3.13 python3.12 python3.11 python3.10; do try "$name"; done
fi
packages='
import importlib.metadata as metadata, sys
for name in sys.argv[1:]:
    try:
        print("package\t%s %s" % (name, metadata.version(name)))
    except metadata.PackageNotFoundError:
        pass
'
[ -z "$python" ] || "$python" -c "$packages" "$@" 2>/dev/null

[ -L "$state/current" ] && say current "$(basename "$(readlink "$state/current")")"
for release in $(ls -t "$state/releases" 2>/dev/null); do
  say release "$release"
done
for made in "$state"/current/venv/lib/python3*/site-packages/ai_edge_litert; do
  [ -d "$made" ] && say engine litert
done
serving=$(serving_release "$state")
[ -z "$serving" ] || say serving "$serving"
say end ""
"""
)

_PYTHON = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4}) (/.+)")
_LIBC = re.compile(r"glibc ([0-9]{1,4})\.([0-9]{1,4})")
_KIB = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Python:
    """One interpreter on the device."""

    version: tuple[int, int, int]
    path: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version))} at {self.path}"


@dataclass(frozen=True)
class Facts:
    """The device as a deploy sees it.

    Attributes:
        glibc: None on a device with another C library.
        pythons: In order of preference.
        packages: Installed version by name, in the interpreter that the inventory names.
        lacks: Tools that a deploy needs and that are not there.
        current: The release that the state folder points to.
        releases: All releases, newest first.
        serving: The release whose daemon runs now.
        graphics: What a GPU of the device needs.
        engines: Formats beyond ONNX whose engine the release in force has of its own.
    """

    system: str
    architecture: str
    kernel: str
    glibc: tuple[int, int] | None
    memory_bytes: int | None
    pythons: tuple[Python, ...]
    packages: dict[str, str]
    lacks: tuple[str, ...]
    current: str | None
    releases: tuple[str, ...]
    serving: str | None
    graphics: Graphics = NONE
    engines: tuple[str, ...] = ()


def gather(session: Session, layout: Layout, python: str | None, packages: Sequence[str]) -> Facts:
    """Ask the device.

    Args:
        session: The connection.
        layout: Where its agent lies.
        python: The interpreter that the inventory names, or None.
        packages: Distributions to look for in that interpreter.
    """
    answer = run_script(
        session, SCRIPT, str(layout.root), python or "", *packages, doing="tell what it is"
    )
    return parse(answer)


def serving_release(session: Session, layout: Layout) -> str | None:
    """Return the release whose daemon runs; None where none runs, or one that no deploy started."""
    script = f'{SERVING}\nserving_release "$1"'
    answer = run_script(session, script, str(layout.root), doing="tell which agent it runs")
    return answer.strip() or None


def is_served(session: Session, layout: Layout) -> bool:
    """Say whether a daemon runs there, whoever started it; no Python is started for it."""
    script = f'{SERVING}\nserving "$1" 1'
    answer = run_script(session, script, str(layout.root), doing="tell whether an agent serves")
    return bool(answer.strip())


def parse(answer: str) -> Facts:
    """Read the script's output.

    Raises:
        DeviceError: It is not what the script writes.
    """
    said: dict[str, list[str]] = {}
    for line in answer.splitlines():
        key, tab, value = line.partition("\t")
        if tab:
            said.setdefault(key, []).append(value)
    if "end" not in said or "system" not in said:
        raise DeviceError(
            f"The device does not answer as a POSIX shell would: {answer[-200:]!r}",
            remedy="Check that the login shell prints nothing of its own and runs commands.",
        )

    def one(key: str) -> str | None:
        return next((value for value in said.get(key, []) if value), None)

    libc = _LIBC.fullmatch(one("libc") or "")
    memory_kib = one("memory_kib") or ""
    return Facts(
        system=one("system") or "unknown",
        architecture=one("architecture") or "unknown",
        kernel=one("kernel") or "unknown",
        glibc=(int(libc[1]), int(libc[2])) if libc else None,
        memory_bytes=int(memory_kib) * 1024 if _KIB.fullmatch(memory_kib) else None,
        pythons=tuple(
            Python((int(found[1]), int(found[2]), int(found[3])), found[4])
            for value in said.get("python", [])
            if (found := _PYTHON.fullmatch(value))
        ),
        packages=dict(
            value.split(" ", 1) for value in said.get("package", []) if value.count(" ") == 1
        ),
        lacks=tuple(said.get("lacks", [])),
        current=one("current"),
        releases=tuple(said.get("release", [])),
        serving=one("serving"),
        graphics=Graphics(
            nodes=tuple(said.get("graphics_node", [])), groups=tuple(said.get("graphics_group", []))
        ),
        engines=tuple(said.get("engine", [])),
    )
