"""Work that goes on in a thread until its result is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Starts `compute` at once; `result` waits for it.

    For work that releases the interpreter lock, such as hashing: it costs no time where another
    core is free. The thread never holds up the end of the program.
    """

    def __init__(self, compute: Callable[[], T]) -> None:
        self._compute = compute
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.append(self._compute())
        except BaseException as error:  # noqa: BLE001 raised where the result is asked for
            self._error = error

    def result(self) -> T:
        """Wait, and return what was computed or raise what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found[0]
