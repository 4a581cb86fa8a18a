"""Remembers that Ctrl-C was pressed, whatever the code that it hit has made of it."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Interruption:
    """A context in which SIGINT raises KeyboardInterrupt, as always, and leaves a mark.

    Attributes:
        happened: SIGINT came.
    """

    def __init__(self) -> None:
        self.happened = False
        self._before: object = None

    def __enter__(self) -> Interruption:
        # Elsewhere, and where SIGINT is ignored (`nohup`), it stays as it is.
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._mark)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            # A second Ctrl-C while Python ends ends it at once, without a traceback.
            after = signal.SIG_DFL if self.happened else signal.default_int_handler
            signal.signal(signal.SIGINT, after)

    def _mark(self, number: int, frame: FrameType | None) -> None:
        self.happened = True
        signal.default_int_handler(number, frame)
