"""Which runs of a device `host collect --target` fetches."""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.runspec import RunState
from device_agent.contract.status import AgentStatus, RunStatus
from host.runs.record import RunRecord, RunRecords
from host.runs.waiting import waiting_runs


def status(*runs: RunStatus) -> AgentStatus:
    return AgentStatus(agent_version="1", serving=True, pid=1, release="r", runs=runs)


def run(run_id: str, state: RunState = "finished", *, sealed: bool = True) -> RunStatus:
    return RunStatus(
        run_id=run_id,
        study="s",
        state=state,
        reason=None,
        seq=1,
        samples_done=1,
        samples_planned=1,
        rounds_done=0,
        rounds_planned=0,
        bundle="0" * 64 if sealed else None,
    )


def test_ended_runs_of_this_host_are_fetched(tmp_path: Path) -> None:
    """One that goes on has no bundle yet, and somebody else's is left to them.

    One that has just ended is being sealed, and must not be passed over.
    """
    records = RunRecords(tmp_path / "records")
    for name in ("done", "just-ended", "goes-on"):
        records.save(RunRecord(run_id=name, device="pi5", study_file="s", workspace=str(tmp_path)))
    just_ended = run("just-ended", "failed", sealed=False)
    found = status(run("done"), just_ended, run("goes-on", "running", sealed=False), run("theirs"))
    assert waiting_runs(found, records) == ["done", "just-ended"]
