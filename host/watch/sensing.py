"""Has the device's sensors read by the agent's own code, in one small process while one watches."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.codec import Document
from device_agent.layout import Layout
from host.transport.session import Session

EVERY_S = 2.0
_ROOT = "/"

# $1 the release in force, $2 an interpreter where the release has none of its own, $3 the program;
# the others are the program's. Not by the launcher, which knows the agent's verbs alone.
_SCRIPT = r"""
cd "$1" || exit 127
program=$3
if [ -x venv/bin/python ]; then
  unset PYTHONPATH PYTHONHOME
  python=venv/bin/python
else
  case $2 in "~/"*) python=$HOME/${2#??} ;; *) python=$2 ;; esac
  PYTHONPATH=$PWD/site; export PYTHONPATH
fi
shift 3
exec "$python" -B -c "$program" "$@"
"""


class Reading(Document):
    """A line of the program; see `on_device`."""

    temperature_celsius: float | None
    clock_ratio: float | None
    allowed_khz: int | None
    throttled: bool | None
    limits_now: tuple[str, ...] | None
    limits_since_boot: tuple[str, ...] | None
    supply_is_low: bool | None
    available_memory_bytes: int | None
    memory_bytes: int | None
    load_1min: float | None
    board: str
    boot_id: str
    monotonic_ns: int


def readings(
    session: Session, layout: Layout, device: str, python: str | None, root: str = _ROOT
) -> Iterator[Reading]:
    """Yield the sensors every `EVERY_S` seconds, for as long as the connection lasts.

    Args:
        session: The connection.
        layout: Where the agent lies.
        device: Its name, for messages.
        python: The interpreter of its entry, for an agent without an environment of its own.
        root: Below which the kernel's files lie; tests give a recorded tree.

    Raises:
        TransportError: The connection broke, or nothing there could read them.
        ContractError: What came is no such line.
    """
    program = f"{_source()}\nmain()\n"
    arguments = (str(layout.current), python or "python3", program, f"{EVERY_S:g}", root)
    for line in session.lines(["sh", "-c", _SCRIPT, "sh", *arguments]):
        yield codec.decode(line, Reading, source=f"sensors from {device}")


def _source() -> str:
    spec = importlib.util.find_spec("host.watch.on_device")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")
