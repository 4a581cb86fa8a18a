"""The agent, where one is deployed: its version, service, queue and runtimes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from device_agent.contract.status import AgentStatus
from device_agent.version import __version__
from host.deploy.facts import Facts
from host.doctor.finding import Finding

_NULL = "null"


def absent(device: str) -> Finding:
    """Tell that there is none yet."""
    return Finding(
        "agent",
        "note",
        "none yet",
        "Its runtimes are tried once it is there.",
        f"Deploy it: `host deploy --target {device}`.",
    )


def silent(message: str, remedy: str) -> Finding:
    """Tell that an agent is installed and does not answer."""
    return Finding("agent", "failure", message, "No run could be started.", remedy)


def check(device: str, facts: Facts, status: AgentStatus) -> Iterator[Finding]:
    """Tell the agent's version, whether it serves, and what it has to do."""
    deploy = f"Deploy it again: `host deploy --target {device}`."
    told = f"{status.agent_version}, release {status.release}"
    if status.agent_version == __version__:
        yield Finding("agent", "ok", told)
    else:
        meaning = f"This host has {__version__}."
        yield Finding("agent", "warning", told, meaning, deploy)
    if not status.serving:
        yield Finding("daemon", "failure", "not serving", "Runs would wait for ever.", deploy)
    elif facts.serving is not None and facts.serving != facts.current:
        meaning = f"The release in force is {facts.current}."
        yield Finding("daemon", "warning", f"serving release {facts.serving}", meaning, deploy)
    else:
        yield Finding("daemon", "ok", f"serving, pid {status.pid}")
    yield _queue(status)
    for run in status.unreadable:
        yield Finding("run", "warning", f"{run.run_id}: {run.reason}", "", run.remedy)


def runtimes(
    device: str, working: Mapping[str, str], broken: Mapping[str, str]
) -> Iterator[Finding]:
    """Tell which engines can be imported on this processor."""
    for name, reason in broken.items():
        yield Finding(
            f"runtime {name}",
            "failure",
            reason,
            "Its artifacts cannot run here.",
            "Name with `python` in the device's entry an interpreter that has another version of "
            f"it, or go back: `host rollback --target {device}`.",
        )
    engines = {name: version for name, version in working.items() if name != _NULL}
    for name, version in engines.items():
        yield Finding(f"runtime {name}", "ok", version)
    if not engines and not broken:
        yield Finding(
            "runtimes",
            "failure",
            "none",
            "The agent's environment has no engine.",
            f"Deploy it again: `host deploy --target {device}`.",
        )


def untried() -> Finding:
    """Tell that runtimes were left alone."""
    return Finding(
        "runtimes", "note", "not tried", "A run goes on, and trying them would disturb it."
    )


def is_busy(status: AgentStatus) -> bool:
    """Say whether the agent measures now."""
    return any(run.state == "running" for run in status.runs)


def _queue(status: AgentStatus) -> Finding:
    waiting = sum(run.state == "queued" for run in status.runs)
    running = [run.run_id for run in status.runs if run.state == "running"]
    told = f"{len(running)} running, {waiting} waiting, {len(status.runs)} runs in all"
    if running:
        meaning = f"{running[0]} goes on; what else the device does disturbs it."
        return Finding("queue", "note", told, meaning)
    return Finding("queue", "ok", told)
