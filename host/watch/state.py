"""What a live view shows: plain values that both front ends and `--json` render.

Ages are seconds at the moment the state was taken; None is what is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from device_agent.contract.runspec import Mode

Link = Literal["connecting", "connected", "silent", "lost", "refused"]
"""Silent: connected, and nothing has come for longer than it should. Refused: not tried again."""


@dataclass(frozen=True)
class Readings:
    """The board now, as the agent's own sensors read it; None for what it does not have.

    Attributes:
        clock_ratio: The fastest cluster's clock over the highest allowed one, 0 to 1.
        limits_now, limits_since_boot: As a Raspberry Pi's firmware names them.
    """

    temperature_celsius: float | None
    clock_ratio: float | None
    clock_khz: int | None
    throttled: bool | None
    limits_now: tuple[str, ...] | None
    limits_since_boot: tuple[str, ...] | None
    supply_is_low: bool | None
    available_memory_bytes: int | None
    memory_bytes: int | None
    load_1min: float | None


@dataclass(frozen=True)
class TaskProgress:
    """One variant's samples of one task in accuracy mode, all languages and pools together."""

    task: str
    done: int
    total: int | None


@dataclass(frozen=True)
class Pace:
    """How fast a variant answered its latest queries; invalid rounds have no part in it.

    Attributes:
        queries: That it is of.
        queries_per_s: Over their timed work alone, not over the wall clock.
        p50_ms: None where queries run in batches and have no latency of their own.
    """

    mode: Mode
    queries: int
    queries_per_s: float
    p50_ms: float | None


@dataclass(frozen=True)
class VariantProgress:
    """One variant; an A/A control takes part in rounds alone."""

    variant: str
    is_control: bool
    tasks: tuple[TaskProgress, ...]
    pace: Pace | None


@dataclass(frozen=True)
class InvalidRound:
    """A round that does not count, and why."""

    number: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Rounds:
    """Rounds of performance mode.

    Attributes:
        wanted: None where the run's plan is not known here.
        at_most: The run ends before where a verdict is reached.
        latest_invalid: Latest last.
    """

    valid: int
    invalid: int
    wanted: int | None
    at_most: bool
    latest_invalid: tuple[InvalidRound, ...]


@dataclass(frozen=True)
class LiveRun:
    """A run that is followed event by event.

    Attributes:
        phase: "waiting", "accuracy", "performance" or the end state.
        has_plan: The run was started from this host, so that totals are known.
        left_s: Estimated seconds to its end; None where there is no honest estimate.
        left_at_most: It may end sooner, at a verdict.
        event_age_s: Since its last event was written on the device.
        ahead: Runs that the agent takes up before it; None where it does not wait.
        note: Why it is not followed at the moment.
        is_current: All events that the device has told of have been seen.
    """

    run_id: str
    phase: str
    reason: str | None
    has_plan: bool
    variant: str | None
    task: str | None
    language: str | None
    done: int
    total: int | None
    variants: tuple[VariantProgress, ...]
    rounds: Rounds | None
    left_s: float | None
    left_at_most: bool
    event_age_s: float | None
    ahead: int | None
    note: str | None
    is_current: bool


@dataclass(frozen=True)
class OtherRun:
    """A run that is told of by its status alone.

    Attributes:
        has_report: A report of it lies on this host.
    """

    run_id: str
    state: str
    reason: str | None
    samples_done: int
    samples_planned: int
    rounds_done: int
    rounds_planned: int
    has_report: bool


@dataclass(frozen=True)
class DeviceState:
    """One device.

    Attributes:
        link_reason, remedy: Why there is no connection, or no agent.
        heard_age_s: Since anything came from it; None before the first word.
        serving: An agent's daemon is at work; None before it was asked.
        no_readings: Why there are no readings, where there will be none.
    """

    name: str
    address: str
    link: Link
    link_reason: str | None
    remedy: str | None
    heard_age_s: float | None
    board: str | None
    agent_version: str | None
    release: str | None
    serving: bool | None
    readings: Readings | None
    no_readings: str | None
    live: tuple[LiveRun, ...]
    others: tuple[OtherRun, ...]
