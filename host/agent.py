"""The agent on a device, as the host speaks with it: one SSH exec per verb."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from device_agent.contract import codec
from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.events import Event
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.failure import Failure
from device_agent.contract.golden_finding import GoldenFinding
from device_agent.contract.room import Room, RoomWanted
from device_agent.contract.runspec import RunSpec
from device_agent.contract.sshsig import PublicKey
from device_agent.contract.status import AgentStatus, RunStatus, SignOfLife
from device_agent.layout import Layout
from host.transport.session import CommandFailed, ConnectionLost, Session

_NOT_FOUND = 127
_NOT_EXECUTABLE = 126
_NO_SUCH_VERB = 2
_SIGNALLED = 128
_EVICTION_S = 600.0
# Keys are sorted, so the first one tells a sign of life from an event without decoding twice.
_LIFE = b'{"ahead"'

T = TypeVar("T")


class AgentError(XtremeEdgeError):
    """The agent refused, or is not there."""


class Agent:
    """Calls `device-agent` through an open session.

    Args:
        session: The connection.
        layout: Where the agent lies on that device.
        device: The device's name, for messages.
    """

    def __init__(self, session: Session, layout: Layout, device: str) -> None:
        self._session = session
        self._layout = layout
        self._device = device

    def argv(self, verb: str, *arguments: str) -> list[str]:
        """Return the command line of one verb on the device."""
        launcher = str(self._layout.current / "device-agent")
        return [launcher, "--errors", "json", verb, *arguments, "--state", str(self._layout.root)]

    @property
    def device(self) -> str:
        """The device's name."""
        return self._device

    def bundle_key(self) -> PublicKey:
        """Return the public key of what signs the device's bundles.

        Raises:
            AgentError: It has none.
        """
        text = self.status().bundle_key
        if text is None:
            raise AgentError(
                f"{self._device} has no key that signs its bundles: its agent has not served yet, "
                "or is too old.",
                remedy=f"Run `host deploy --target {self._device}`.",
            )
        return PublicKey.parse(text)

    def status(self) -> AgentStatus:
        """Return the agent's state and its runs."""
        return self._call(AgentStatus, "status")

    def probe(self) -> DeviceFacts:
        """Return the device's facts; takes seconds, because it tries the runtime."""
        return self._call(DeviceFacts, "probe", timeout_s=180.0)

    def golden(self, artifacts: Sequence[str]) -> Iterator[GoldenFinding]:
        """Have the golden sets of artifacts run there; yield each finding as it comes."""
        for line in self._lines("golden", *artifacts):
            yield codec.decode(line, GoldenFinding, source=f"golden set from {self._device}")

    def submit(self, spec: RunSpec) -> RunStatus:
        """Queue a run; the same spec twice is one run."""
        return self._call(RunStatus, "submit", stdin=codec.encode(spec))

    def cancel(self, run_id: str) -> RunStatus:
        """Ask a run to end."""
        return self._call(RunStatus, "cancel", run_id)

    def make_room(self, wanted: RoomWanted) -> Room | None:
        """Have room made for what is coming; None where no agent is there that could."""
        argv = self.argv("room")
        done = self._session.run(argv, stdin=codec.encode(wanted), timeout_s=_EVICTION_S)
        if done.exit_status in (_NOT_FOUND, _NOT_EXECUTABLE, _NO_SUCH_VERB):
            return None
        if done.exit_status != 0:
            raise self._failure("room", done.exit_status, done.stderr)
        return codec.decode(done.stdout, Room, source=f"room from {self._device}")

    def mark_collected(self, run_id: str, manifest: str) -> None:
        """Tell the device that the bundle of that manifest was verified here.

        An agent that is too old to remember it evicts nothing either.
        """
        argv = self.argv("collected", run_id, manifest)
        done = self._session.run(argv)
        if done.exit_status not in (0, _NO_SUCH_VERB):
            raise self._failure("collected", done.exit_status, done.stderr)

    def events(self, run_id: str, after: int) -> Generator[Event | SignOfLife | None, None, None]:
        """Yield events after a seq until the run ends, and signs of life; None ends a burst.

        Raises:
            ConnectionLost: Begin again with the last seq.
            AgentError: There is no such run.
            ContractError: The device sent what is no event, or not the next one.
        """
        for line in self._lines("stream", run_id, "--after", str(after)):
            if not line:
                yield None
                continue
            if line.startswith(_LIFE):
                yield codec.decode(line, SignOfLife, source=f"sign of life from {self._device}")
                continue
            event = codec.decode(line, Event, source=f"event from {self._device}")
            if event.seq != after + 1:
                raise ContractError(
                    f"{self._device} sent event {event.seq} after event {after}.",
                    remedy=f"Run `host attach {run_id}` again; report it if it happens twice.",
                )
            after = event.seq
            yield event

    def download_bundle(self, run_id: str, target: Path, *, limit_bytes: int) -> None:
        """Fetch a sealed run as tar to `target`, which appears only when complete.

        Raises:
            AgentError: It is not there.
            TransportError: It has more than `limit_bytes`.
        """
        try:
            self._session.download(self.argv("bundle", run_id), target, limit_bytes=limit_bytes)
        except CommandFailed as error:
            raise self._failure("bundle", error.exit_status, error.stderr) from error

    def _lines(self, verb: str, *arguments: str) -> Generator[bytes, None, None]:
        try:
            yield from self._session.lines(self.argv(verb, *arguments))
        except CommandFailed as error:
            raise self._failure(verb, error.exit_status, error.stderr) from error

    def _call(
        self,
        type_: type[T],
        verb: str,
        *arguments: str,
        stdin: bytes = b"",
        timeout_s: float = 60.0,
    ) -> T:
        done = self._session.run(self.argv(verb, *arguments), stdin=stdin, timeout_s=timeout_s)
        if done.exit_status != 0:
            raise self._failure(verb, done.exit_status, done.stderr)
        return codec.decode(done.stdout, type_, source=f"{verb} from {self._device}")

    def _failure(self, verb: str, exit_status: int, stderr: str) -> XtremeEdgeError:
        return agent_failure(self._device, verb, exit_status, stderr)


def agent_failure(device: str, verb: str, exit_status: int, stderr: str) -> XtremeEdgeError:
    """Turn an agent's non-zero exit into the error that the user sees.

    A status above 128 is a signal that ended the agent's reader, by an out-of-memory kill, say:
    the run itself goes on, so it counts as a lost connection.
    """
    if exit_status in (_NOT_FOUND, _NOT_EXECUTABLE):
        return AgentError(
            f"{device} has no agent: {stderr.strip() or 'the launcher is not there'}.",
            remedy=f"Run `host deploy --target {device}` first.",
        )
    if exit_status > _SIGNALLED:
        return ConnectionLost(
            f"{device}: `device-agent {verb}` was killed there (status {exit_status}).",
            remedy="Try again; if it happens twice, look at the device's memory.",
        )
    lines = stderr.strip().splitlines()
    try:
        failure = codec.decode(lines[-1] if lines else "", Failure, source="agent error")
    except ContractError:
        return AgentError(
            f"`device-agent {verb}` on {device} ended with status {exit_status}: "
            f"{lines[-1] if lines else 'no message'}",
            remedy=f"Look at the agent's log on the device, then `host deploy --target {device}`.",
        )
    return AgentError(f"{device}: {failure.message}", remedy=failure.remedy)
