"""Which blobs a device has already, whole or in part, and how much room it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy.remote_script import run_script
from host.transport.session import Session

SCRIPT = r"""
state=$1
while read -r digest; do
  folder=${digest%"${digest#??}"}
  if [ -f "$state/blobs/$folder/$digest" ]; then
    echo "whole $digest"
  else
    most=0
    for part in "$state/incoming/$digest".*part; do
      size=$(stat -c %s "$part" 2>/dev/null) && [ "$size" -gt $most ] && most=$size
    done
    [ $most -eq 0 ] || echo "part $digest $most"
  fi
done
while [ ! -d "$state" ]; do state=$(dirname "$state"); done
echo "free_kib $(df -k --output=avail "$state" | tail -n 1 | tr -d ' ')"
"""


@dataclass(frozen=True)
class Present:
    """What is on the device.

    Attributes:
        whole: Digests of complete blobs.
        parts: Bytes received so far, by digest, of blobs whose upload was cut or goes on.
        free_bytes: Room on the state folder's file system.
    """

    whole: frozenset[str]
    parts: Mapping[str, int]
    free_bytes: int


def look(session: Session, layout: Layout, digests: Iterable[str]) -> Present:
    """Ask the device about these blobs."""
    names = "".join(f"{digest}\n" for digest in sorted(set(digests)))
    answer = run_script(
        session, SCRIPT, str(layout.root), stdin=names.encode(), doing="list its blobs"
    )
    return parse(answer)


def parse(answer: str) -> Present:
    """Read the script's output.

    Raises:
        DeviceError: It is not what the script writes.
    """
    whole: set[str] = set()
    parts: dict[str, int] = {}
    free_kib: int | None = None
    try:
        for line in answer.splitlines():
            kind, *words = line.split(" ")
            if kind == "whole":
                whole.add(words[0])
            elif kind == "part":
                parts[words[0]] = int(words[1])
            elif kind == "free_kib":
                free_kib = int(words[0])
    except (IndexError, ValueError):
        free_kib = None
    if free_kib is None:
        raise DeviceError(
            f"The device gives no sensible list of its blobs: {answer[-200:]!r}",
            remedy="Check that it runs Linux with GNU coreutils (`df --version`).",
        )
    return Present(frozenset(whole), parts, free_kib * 1024)
