"""Whether an agent is well: its daemon serves, and its runtime can be imported."""

from __future__ import annotations

import time
from collections.abc import Callable

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.facts import DeviceFacts
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy.facts import serving_release
from host.deploy.supervisor import Starting
from host.transport.session import ConnectionLost, Session

START_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.1
# It measures the harness itself and is always there.
_NULL_RUNTIME = "null"


class Unhealthy(DeviceError):  # noqa: N818 (a finding; the deploy makes the error of it)
    """The agent is not well; the message says in which way."""


def check_health(
    session: Session,
    layout: Layout,
    device: str,
    release: str,
    *,
    log_tail: Callable[[], str],
    starting: Starting | None = None,
    timeout_s: float = START_TIMEOUT_S,
) -> DeviceFacts:
    """Return the device's facts once the agent is well.

    Args:
        session: The connection.
        layout: Where the agent lies.
        device: Its name, for messages.
        release: The one that must be in force.
        log_tail: Returns the end of the daemon's log, for messages.
        starting: Of the daemon that was started just now; None where it runs already.
        timeout_s: How long it may take to begin to serve.

    Raises:
        ConnectionLost: Nothing is known.
        Unhealthy: It does not serve, or has no working runtime.
    """
    agent = Agent(session, layout, device)
    try:
        _wait_until_serving(agent, release, starting, timeout_s)
        if serving_release(session, layout) != release:
            raise _foreign(agent)
        facts = agent.probe()
    except XtremeEdgeError as error:
        if isinstance(error, ConnectionLost):
            # An agent that a signal ended looks like one, but leaves the session as it was: this
            # raises where the connection is really gone.
            session.run(["true"])
        raise Unhealthy(f"{error.message}{_indented(log_tail())}", remedy=error.remedy) from error
    if not set(facts.runtimes) - {_NULL_RUNTIME}:
        reasons = "".join(f"\n    {n}: {why}" for n, why in facts.broken_runtimes.items())
        raise Unhealthy(
            f"no runtime can be imported with Python {facts.python} on {facts.architecture} "
            f"(packages there: {facts.packages}){reasons}",
            remedy=f"Try it on the device: `{agent.argv('probe')[0]} probe`; some builds of "
            "onnxruntime do not run on older processors.",
        )
    return facts


def _wait_until_serving(
    agent: Agent, release: str, starting: Starting | None, timeout_s: float
) -> None:
    deadline_s = time.monotonic() + timeout_s
    while True:
        status = agent.status()
        if status.release != release:
            raise _unwell(f"release {status.release} is in force, expected {release}")
        if status.serving:
            return
        if starting is None:
            raise _unwell("the agent does not serve")
        if not starting():
            raise _unwell("the agent ended right after its start")
        if time.monotonic() > deadline_s:
            raise _unwell(f"the agent does not serve after {timeout_s:g} s")
        time.sleep(_LOOK_EVERY_S)


def _foreign(agent: Agent) -> DeviceError:
    pid = agent.status().pid
    return DeviceError(
        f"an agent that no deploy started (process {pid}) serves this state folder",
        remedy=f"Stop it on the device (`kill {pid}`), then deploy again.",
    )


def _unwell(reason: str) -> DeviceError:
    return DeviceError(reason, remedy="Look at the agent's log on the device.")


def _indented(log: str) -> str:
    return "\n  end of the agent's log:\n    " + log.replace("\n", "\n    ") if log else ""
