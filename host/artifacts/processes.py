"""Exports in processes of their own, several at a time; none outlives the command.

A new interpreter each time, never a fork: torch's threads do not survive one.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from export import artifact_folder
from export.errors import ExportError
from export.request import ExportedArtifact, ExportResult, ExportStep, FailedArtifact
from host.artifacts.attempt import nothing_of
from host.artifacts.order import Order
from host.artifacts.schedule import Batch, Room, next_batch
from host.artifacts.wire import Ended, Stepped, read_message, write_orders

Tell = Callable[[int, ExportStep], None]

_PATIENCE_S = 3.0
"""Native code ends when it comes back to Python; XLM-R base's longest call takes two seconds."""

_THREADS_VARIABLE = "OMP_NUM_THREADS"
_LINE_ENDS = b"\n"


@dataclass
class _Worker:
    """A process, and what is known of it."""

    batch: Batch
    orders: Mapping[int, Order]
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    at: int
    unread: bytes = b""
    ended: set[int] = field(default_factory=set)


class Processes:
    """A context in which processes work; at its end none is left, and nothing half made.

    Args:
        room: What there is for all of them.
        threads: For what libraries compute with several by themselves, in each of them.
        tell: Called at each step with the job's number.
    """

    def __init__(self, room: Callable[[], Room], threads: int, tell: Tell) -> None:
        self._room = room
        self._threads = threads
        self._tell = tell
        self._workers: list[_Worker] = []
        self._found: dict[int, ExportResult] = {}
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._selector.close()

    def run(self, batches: Iterable[Batch], orders: Mapping[int, Order]) -> dict[int, ExportResult]:
        """Return the result of every job of the batches."""
        waiting = list(batches)
        while waiting or self._workers:
            running = [worker.batch for worker in self._workers]
            batch = next_batch(waiting, running, self._room())
            if batch is not None:
                waiting.remove(batch)
                self._start(batch, orders)
                continue
            for key, _ in self._selector.select():
                waiting += self._hear(key.data)
        return self._found

    def _start(self, batch: Batch, orders: Mapping[int, Order]) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 closed when the process has ended
        process = subprocess.Popen(
            [sys.executable, "-m", "host.artifacts.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, _THREADS_VARIABLE: str(self._threads)},
            # Ctrl-C is for this process, which ends the others in order.
            start_new_session=True,
        )
        own = {one.number: orders[one.number] for one in batch.work}
        worker = _Worker(batch, own, process, errors, at=batch.work[0].number)
        self._workers.append(worker)
        assert process.stdin is not None
        assert process.stdout is not None
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(write_orders(list(own.values())))
            process.stdin.flush()

    def _hear(self, worker: _Worker) -> list[Batch]:
        """Read what a worker says; return what is left to do where it is gone before its end."""
        assert worker.process.stdout is not None
        data = os.read(worker.process.stdout.fileno(), 1 << 16)
        if not data:
            return self._part(worker)
        *lines, worker.unread = (worker.unread + data).split(_LINE_ENDS)
        for line in lines:
            message = read_message(line)
            worker.at = message.number
            if isinstance(message, Stepped):
                step = ExportStep(message.checkpoint, message.action, message.recipe)
                self._tell(message.number, step)
            else:
                worker.ended.add(message.number)
                self._found[message.number] = _result(message)
        return []

    def _part(self, worker: _Worker) -> list[Batch]:
        status = worker.process.wait()
        left = [one for one in worker.batch.work if one.number not in worker.ended]
        if left:
            broken = next((one for one in left if one.number == worker.at), left[0])
            left.remove(broken)
            order = worker.orders[broken.number]
            error = _death(status, _last_line(worker.errors), broken.needs.memory_bytes)
            tell = partial(self._tell, broken.number)
            self._found[broken.number] = nothing_of(order.job, error, tell)
        self._close(worker)
        _sweep(worker.orders.values())
        return [Batch(tuple(left))] if left else []

    def _close(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe is not None:
                if pipe is worker.process.stdout:
                    self._selector.unregister(pipe)
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        worker.errors.close()

    def _stop(self) -> None:
        """End what still works: it tidies up by itself, or else is killed and tidied up after."""
        for worker in self._workers:
            worker.process.terminate()
        end_s = time.monotonic() + _PATIENCE_S
        try:
            for worker in self._workers:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.process.wait(max(0.0, end_s - time.monotonic()))
        finally:
            # Also after a second Ctrl-C.
            for worker in list(self._workers):
                worker.process.kill()
                worker.process.wait()
                self._close(worker)
                _sweep(worker.orders.values())


def _sweep(orders: Iterable[Order]) -> None:
    for folder in {path.parent for order in orders for path in order.job.outputs.values()}:
        artifact_folder.sweep(folder)


def _result(ended: Ended) -> ExportResult:
    artifacts = [
        ExportedArtifact(Path(folder), *artifact_folder.read(Path(folder)), reused=reused)
        for folder, reused in ended.reused.items()
    ]
    failures = [
        FailedArtifact(Path(one.folder), one.recipe, ExportError(one.message, remedy=one.remedy))
        for one in ended.failures
    ]
    return ExportResult(tuple(artifacts), ended.notes, tuple(failures))


def _death(status: int, last_line: str, memory_bytes: int) -> ExportError:
    """Say why a process that ended by itself most likely did."""
    if status == -signal.SIGKILL:
        return ExportError(
            "The process that exported it was killed, as systems do when memory runs out; about "
            f"{memory_bytes / 1e9:.1f} GB were expected.",
            remedy="Close other programs, or export with `--jobs 1` or less `--memory`.",
        )
    return ExportError(
        f"The process that exported it ended with status {status}: {last_line or 'without a word'}",
        remedy="Run the same command again; report this if it happens again.",
    )


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines: Sequence[str] = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
