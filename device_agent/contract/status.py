"""What `device-agent status` and `submit` answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Digest, Document, Identifier
from device_agent.contract.room import Usage
from device_agent.contract.runspec import RunState
from device_agent.contract.sshsig import PublicKeyText


class RunStatus(Document):
    """One run on the device.

    Attributes:
        seq: Last event's number.
        samples_done: Samples of accuracy mode finished, over all variants.
        samples_planned: Samples of accuracy mode in the spec, over all variants.
        bundle: Digest of the sealed bundle's manifest; None until it is sealed.
    """

    run_id: Identifier
    study: Identifier
    state: RunState
    reason: str | None
    seq: int
    samples_done: int
    samples_planned: int
    rounds_done: int
    rounds_planned: int
    bundle: Digest | None


class UnreadableRun(Document):
    """A run folder whose spec or journal cannot be read; the other runs go on without it.

    Attributes:
        run_id: The folder's name.
        reason: Whether it is damaged or only cannot be read now, and why.
    """

    run_id: str
    reason: str
    remedy: str


class SignOfLife(Document):
    """A line of the stream that is no event: nothing has happened, and both ends are there.

    Attributes:
        ahead: How many runs the agent takes up before this one; None where it does not wait.
    """

    ahead: int | None = None


class AgentStatus(Document):
    """The agent and its runs, oldest first.

    Attributes:
        serving: A daemon holds the state folder's lock.
        pid: The daemon's process id.
        release: The release the state folder points to.
        unreadable: Run folders that cannot be read; an agent of status/1.0 tells of none.
        bundle_key: The public key of what signs the bundles; None before the agent has first
            served, and of an agent before status/1.2, which signs none.
        usage: How full the state folder is; None of an agent that no deploy has made.
    """

    SCHEMA: ClassVar[str] = "status/1.2"

    schema: Literal["status/1.0", "status/1.1", "status/1.2"] = "status/1.2"
    agent_version: str
    serving: bool
    pid: int | None
    release: str | None
    runs: tuple[RunStatus, ...]
    unreadable: tuple[UnreadableRun, ...] = ()
    bundle_key: PublicKeyText | None = None
    usage: Usage | None = None


class MissingBlobs(Document):
    """Digests that the device lacks, of those it was asked for."""

    SCHEMA: ClassVar[str] = "missing/1.0"

    schema: Literal["missing/1.0"] = "missing/1.0"
    missing: tuple[Digest, ...]
