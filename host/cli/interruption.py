"""Remembers that Ctrl-C was pressed, whatever the code that it hit has made of it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_S = 0.01


class Interruption:
    """A context in which SIGINT raises KeyboardInterrupt, as always, and leaves a mark.

    Where Python drops the exception, in a finalizer or within its import system, it is raised
    again a moment later.

    Attributes:
        happened: SIGINT came.
    """

    def __init__(self) -> None:
        self.happened = False
        self._before: object = None
        self._report: Callable[[UnraisableHookArgs], object] = sys.unraisablehook

    def __enter__(self) -> Interruption:
        # Elsewhere, and where SIGINT is ignored (`nohup`), it stays as it is.
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._mark)
            self._report, sys.unraisablehook = sys.unraisablehook, self._dropped
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            sys.unraisablehook = self._report
            # A second Ctrl-C while Python ends ends it at once, without a traceback.
            after = signal.SIG_DFL if self.happened else signal.default_int_handler
            signal.signal(signal.SIGINT, after)

    def _mark(self, number: int, frame: FrameType | None) -> None:
        self.happened = True
        signal.default_int_handler(number, frame)

    def _dropped(self, args: UnraisableHookArgs) -> None:
        if not issubclass(args.exc_type, KeyboardInterrupt):
            self._report(args)
            return
        again = threading.Timer(_AGAIN_S, self._raise_again)
        again.daemon = True
        again.start()

    def _raise_again(self) -> None:
        # Not once the context is left: there the mark has been seen.
        main = threading.main_thread().ident
        if main is not None and signal.getsignal(signal.SIGINT) == self._mark:
            signal.pthread_kill(main, signal.SIGINT)
