"""What reaches the view from a device: one class for each kind of word that may come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.contract.status import AgentStatus, SignOfLife
from host.watch.sensing import Reading


@dataclass(frozen=True)
class Connected:
    """A connection was made."""


@dataclass(frozen=True)
class Disconnected:
    """There is no connection; the reason and the remedy are an error's.

    Attributes:
        is_final: Nothing tries again.
    """

    reason: str
    remedy: str
    is_final: bool = False


@dataclass(frozen=True)
class StatusCame:
    """The agent told of itself and its runs."""

    status: AgentStatus


@dataclass(frozen=True)
class AgentAbsent:
    """The device answers, and no agent does."""

    reason: str
    remedy: str


@dataclass(frozen=True)
class ReadingCame:
    """The device's sensors were read."""

    reading: Reading


@dataclass(frozen=True)
class NoReadings:
    """Its sensors cannot be read."""

    reason: str


@dataclass(frozen=True)
class Followed:
    """A run's events come from now on.

    Attributes:
        spec: None of a run that was not started from here.
    """

    run_id: str
    spec: RunSpec | None


@dataclass(frozen=True)
class EventCame:
    """The next event of a run, or one that was seen before."""

    run_id: str
    event: Event


@dataclass(frozen=True)
class LifeCame:
    """Nothing has happened in a run, and the device is there."""

    run_id: str
    sign: SignOfLife


@dataclass(frozen=True)
class Unfollowed:
    """A run's events do not come any more; the reason where it has not ended."""

    run_id: str
    reason: str | None


News: TypeAlias = (
    Connected
    | Disconnected
    | StatusCame
    | AgentAbsent
    | ReadingCame
    | NoReadings
    | Followed
    | EventCame
    | LifeCame
    | Unfollowed
)
