"""A process that exports what it is told to, one job after the other: `python -m` this module.

It ends when its standard input does: nobody waits for it any more. Its standard output carries
messages and nothing else, whatever libraries print.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from types import FrameType
from typing import BinaryIO

from export.request import ExportResult, ExportStep
from host.artifacts.attempt import attempt
from host.artifacts.order import Order
from host.artifacts.wire import Ended, Failed, Message, Stepped, read_orders, write_message

_ENDED = 143
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Take orders from standard input and work them off."""
    signal.signal(signal.SIGTERM, _end)
    messages = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    orders = read_orders(sys.stdin.buffer.readline())
    threading.Thread(target=_watch, args=(sys.stdin.buffer,), daemon=True).start()
    for order in orders:
        _work(order, messages)
    # Everything is written; torch takes seconds to be torn down.
    os._exit(0)


def _work(order: Order, messages: BinaryIO) -> None:
    def say(message: Message) -> None:
        messages.write(write_message(message))

    def tell(step: ExportStep) -> None:
        say(Stepped(order.number, step.checkpoint, step.action, step.recipe))

    say(_ended(order.number, attempt(order, tell)))


def _ended(number: int, result: ExportResult) -> Ended:
    return Ended(
        number=number,
        reused={str(artifact.folder): artifact.reused for artifact in result.artifacts},
        notes=result.notes,
        failures=tuple(
            Failed(str(one.folder), one.recipe, one.error.message, one.error.remedy)
            for one in result.failures
        ),
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT,
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    # Unwinds: working folders and half an artifact are taken away.
    raise SystemExit(_ENDED)


def _watch(stdin: BinaryIO) -> None:
    stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
