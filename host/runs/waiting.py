"""Which of a device's runs have ended, were started from here, and are not here yet."""

from __future__ import annotations

from device_agent.contract.errors import RunError
from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.contract.status import AgentStatus, RunStatus
from host.runs.collected import is_collected
from host.runs.record import RunRecords


def waiting_runs(status: AgentStatus, records: RunRecords | None = None) -> list[str]:
    """Return their ids, oldest first."""
    known = records or RunRecords()
    return [run.run_id for run in status.runs if _is_waiting(run, known)]


def _is_waiting(run: RunStatus, records: RunRecords) -> bool:
    # Whether sealed already or not: the agent does that in a moment, and collecting waits for it.
    if run.state not in TERMINAL_STATES:
        return False
    try:
        records.find(run.run_id)
    except RunError:
        # Somebody else's: it goes to them, or to whoever asks for it by name.
        return False
    return not is_collected(run, records)
