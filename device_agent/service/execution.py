"""One run from queued to its end, whatever happens on the way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from device_agent import os_failure
from device_agent.contract.errors import RunError, XtremeEdgeError
from device_agent.contract.events import Resumed, StateChanged
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.accuracy import AccuracyMode
from device_agent.service.interrupt import CancelledError, Interrupt, StoppedError
from device_agent.service.journald import RUN_FIELD
from device_agent.service.performance import PerformanceMode
from device_agent.service.runs import CANCELLED, RunFolder
from device_agent.service.sealing import NotEndedError, note_unsealed, seal
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.telemetry.sampler import Sampler

_log = logging.getLogger(__name__)
_MAX_CRASHES = 5


def execute(
    folder: RunFolder,
    layout: Layout,
    stop: threading.Event,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Bring the run to its end, or leave it running where the agent is asked to stop.

    Every failure that can be named ends the run as failed with its reason; what was measured
    stays. The ended run is sealed into a bundle.

    Args:
        folder: The run's.
        layout: The state folder's.
        stop: Set once the agent is to end.
        progress: Told that the run has come further, between samples and turns.

    Raises:
        DeviceError: Not even the end could be journalled; the run is taken up again later.
    """
    spec = folder.read_spec()
    with Journal(folder.journal, writable=True) as journal:
        if journal.state().state in TERMINAL_STATES:
            # The agent was stopped before it could seal, or an older release sealed unsigned.
            _seal(folder, journal, layout)
            return
        try:
            with folder.turn():
                # Whoever waited may have been cancelled since.
                entered = _enter(journal, folder)
            if not entered:
                _seal(folder, journal, layout)
                return
            interrupt = Interrupt(folder.cancel_flag, stop, progress)
            _run_modes(spec, folder, layout, journal, interrupt)
            end = StateChanged(state="finished")
        except StoppedError:
            with suppress(OSError):
                folder.stopped_flag.touch()
            _log.info(
                "run %s: left running, it goes on at the next start",
                spec.run_id,
                extra={RUN_FIELD: spec.run_id},
            )
            return
        except CancelledError:
            end = StateChanged(state="cancelled", reason=CANCELLED)
        except XtremeEdgeError as error:
            end = StateChanged(state="failed", reason=error.message, remedy=error.remedy)
        except OSError as error:
            told = os_failure.explain(error, "on the device")
            end = StateChanged(state="failed", reason=told.message, remedy=told.remedy)
        except Exception as error:  # noqa: BLE001 (a fault of ours: still a stated reason)
            _log.exception("run %s", spec.run_id, extra={RUN_FIELD: spec.run_id})
            end = StateChanged(
                state="failed",
                reason=f"unexpected {type(error).__name__}: {error}",
                remedy="Report this with the agent's log from the device.",
            )
        _end(journal, folder, end)
        level = logging.ERROR if end.state == "failed" else logging.INFO
        _log.log(
            level,
            "run %s: %s %s",
            spec.run_id,
            end.state,
            end.reason or "",
            extra={RUN_FIELD: spec.run_id},
        )
        _seal(folder, journal, layout)


def _seal(folder: RunFolder, journal: Journal, layout: Layout) -> None:
    try:
        seal(folder, journal, layout)
    except NotEndedError:
        # A host has submitted it again in between: it waits for its turn.
        return
    except XtremeEdgeError as error:
        note_unsealed(folder, error)
        raise
    except OSError as error:
        note_unsealed(folder, os_failure.explain(error, "on the device"))
        raise


def _enter(journal: Journal, folder: RunFolder) -> bool:
    """Enter or re-enter `running`, and say so; an agent that keeps dying at one place ends the run.

    Returns False where the run has ended since it was read.
    """
    state = journal.state().state
    if state in TERMINAL_STATES:
        return False
    in_order = folder.stopped_flag.exists()
    folder.stopped_flag.unlink(missing_ok=True)
    if state == "queued":
        journal.append([StateChanged(state="running")])
        return True
    crashes = journal.crashes_without_progress()
    if crashes >= _MAX_CRASHES:
        raise RunError(
            f"The agent died {crashes} times at the same place, most likely for lack of memory.",
            remedy="Use a smaller recipe (int8-dynamic) or a board with more memory; "
            "`journalctl -k` on the device tells of out-of-memory kills.",
        )
    journal.append(
        [
            Resumed(
                samples_done=journal.samples_done(),
                rounds_done=journal.rounds()[1],
                in_order=in_order,
            )
        ]
    )
    return True


def _run_modes(
    spec: RunSpec, folder: RunFolder, layout: Layout, journal: Journal, interrupt: Interrupt
) -> None:
    store = Store(layout)
    sessions = Sessions(store, journal, spec.runtime)
    try:
        if "accuracy" in spec.modes:
            AccuracyMode(
                spec, store, journal, sessions, interrupt, vectors=folder.path / "vectors"
            ).run()
        if "performance" in spec.modes and spec.performance is not None:
            PerformanceMode(
                spec,
                spec.performance,
                store=store,
                journal=journal,
                sessions=sessions,
                sampler=Sampler(Path("/")),
                interrupt=interrupt,
            ).run()
    finally:
        sessions.close()


def _end(journal: Journal, folder: RunFolder, end: StateChanged) -> None:
    try:
        journal.append([end])
    except XtremeEdgeError:
        # The disk is full: give up the reserve, which was kept for this one line.
        folder.reserve.unlink(missing_ok=True)
        journal.append([end])
