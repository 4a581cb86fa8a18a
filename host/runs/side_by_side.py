"""Does several jobs at the same time, a thread each; one that fails never stops the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from device_agent.contract.errors import XtremeEdgeError
from device_agent.os_failure import explain

T = TypeVar("T")

_GRACE_S = 30.0
_LOOK_EVERY_S = 0.1


@dataclass
class Outcome(Generic[T]):
    """What became of one job: its value or its error; neither where it was interrupted."""

    value: T | None = None
    error: XtremeEdgeError | None = None


@dataclass
class _Work(Generic[T]):
    """The threads and what they leave behind.

    Attributes:
        fault: What no job may raise: a mistake of ours.
    """

    outcomes: dict[str, Outcome[T]] = field(default_factory=dict)
    threads: list[threading.Thread] = field(default_factory=list)
    fault: BaseException | None = None

    def start(self, name: str, job: Callable[[], T]) -> None:
        thread = threading.Thread(target=self._do, args=(name, job), name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def wait(self, until_s: float | None = None) -> None:
        """Wait in small steps, so that Ctrl-C comes through."""
        while any(thread.is_alive() for thread in self.threads):
            if until_s is not None and time.monotonic() > until_s:
                return
            time.sleep(_LOOK_EVERY_S)

    def _do(self, name: str, job: Callable[[], T]) -> None:
        try:
            self.outcomes[name] = Outcome(value=job())
        except XtremeEdgeError as error:
            self.outcomes[name] = Outcome(error=error)
        except OSError as error:
            self.outcomes[name] = Outcome(error=explain(error, "here"))
        except KeyboardInterrupt:
            self.outcomes[name] = Outcome()
        except BaseException as error:  # noqa: BLE001 (raised again where it is seen)
            self.fault = error


def side_by_side(
    jobs: Mapping[str, Callable[[], T]], stop: Callable[[], None] = lambda: None
) -> dict[str, Outcome[T]]:
    """Run the jobs and return what became of each, in the order in which they were given.

    Args:
        jobs: By name. They run in threads, so what they share must stand that.
        stop: Called at Ctrl-C: asks the jobs to raise KeyboardInterrupt where they may stop. They
            get half a minute for it; a second Ctrl-C does not wait.

    Raises:
        KeyboardInterrupt: Ctrl-C, once the jobs have stopped.
    """
    work: _Work[T] = _Work()
    for name, job in jobs.items():
        work.start(name, job)
    try:
        work.wait()
    except KeyboardInterrupt:
        stop()
        work.wait(time.monotonic() + _GRACE_S)
        raise
    if work.fault is not None:
        raise work.fault
    return {name: work.outcomes[name] for name in jobs}
