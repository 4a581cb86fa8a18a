"""Trains all that is outstanding: in this process, or several phases side by side."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing import get_context
from threading import Thread
from typing import Any

import torch

from device_agent.contract.errors import XtremeEdgeError
from host.training.phase import Order, train_phase
from host.training.plan import PlannedPhase
from host.training.work import Watcher, Work, publish_ready, ready, tidy
from training.errors import TrainingError
from training.fit import Update
from training.machine import processes

_LISTEN_EVERY_S = 0.2
_LOOK_EVERY_S = 0.5


def carry_out(work: Work, watcher: Watcher, jobs: int = 1) -> None:
    """Train every pending phase, and put every checkpoint where the study names it.

    Args:
        work: What is outstanding.
        watcher: Is told how it goes on.
        jobs: Phases side by side, each with its share of the cores.

    Raises:
        TrainingError: A phase cannot be trained; what is done stays, and the same call goes on.
    """
    if jobs > 1 and processes() > 1:
        raise TrainingError(
            f"--jobs {jobs} was asked for under a launcher that started {processes()} processes.",
            remedy="Leave --jobs out: the processes share each phase.",
        )
    publish_ready(work)
    if jobs == 1 or len(work.pending) < 2:
        _one_by_one(work, watcher)
    else:
        _side_by_side(work, watcher, jobs)
    tidy(work)


def _one_by_one(work: Work, watcher: Watcher) -> None:
    for phase in work.pending:
        watcher.begin(phase)
        train_phase(work.order(phase), partial(watcher.update, phase))
        publish_ready(work)
        watcher.end(phase)


def _side_by_side(work: Work, watcher: Watcher, jobs: int) -> None:
    context = get_context("spawn")
    said = context.SimpleQueue()
    threads = max(1, _cores() // jobs)
    done: list[str] = []
    running: dict[Future[None], PlannedPhase] = {}
    with ProcessPoolExecutor(jobs, context, _prepare, (os.getpid(), threads, said)) as pool:
        try:
            while len(done) < len(work.pending):
                begun = [*done, *(phase.key for phase in running.values())]
                for phase in ready(work, done):
                    if phase.key not in begun and len(running) < jobs:
                        watcher.begin(phase)
                        running[pool.submit(_child, work.order(phase))] = phase
                ended, _ = wait(running, _LISTEN_EVERY_S, FIRST_COMPLETED)
                _listen(work, watcher, said)
                for future in ended:
                    phase = running.pop(future)
                    _raise_for(future)
                    done.append(phase.key)
                    publish_ready(work)
                    watcher.end(phase)
        except BaseException:
            _stop(pool)
            raise


def _raise_for(future: Future[None]) -> None:
    try:
        future.result()
    except _SentError as error:
        message, remedy = error.args
        raise TrainingError(message, remedy=remedy) from error


def _listen(work: Work, watcher: Watcher, said: Any) -> None:
    while not said.empty():
        key, update = said.get()
        watcher.update(work.plan.phase(key), update)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End what still trains; its saves are there."""
    children = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.terminate()


_SAID: Any = None


def _prepare(parent: int, threads: int, said: Any) -> None:
    """Set up a child: its share of the cores, whom it tells, and whose end is its own."""
    global _SAID  # noqa: PLW0603 a pool's process has no other place for it
    _SAID = said
    torch.set_num_threads(threads)
    # Ctrl-C goes to all; the parent ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process once nobody waits for it: a second `host train` may begin at any time."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


def _child(order: Order) -> None:
    def tell(update: Update) -> None:
        _SAID.put((order.phase.key, update))

    try:
        train_phase(order, tell)
    except XtremeEdgeError as error:
        # Its own class could not be built again from what is sent.
        raise _SentError(error.message, error.remedy) from None


class _SentError(Exception):
    """A message and a remedy on their way to the parent."""


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
