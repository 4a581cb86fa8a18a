"""What performance mode does beside its rounds: warming up, holding conditions, timing itself.

Older agents tell none of it. Durations are integer nanoseconds of the monotonic clock.
"""

from __future__ import annotations

from typing import Literal

from device_agent.contract.codec import Document


class WarmUp(Document):
    """One variant's untimed queries of one task in one round, apart from what counts.

    Attributes:
        queries: All of them; batches in scenario offline.
        inputs: So many inputs take turns in `times_ns`.
        times_ns: Of those after the planned `warmup_queries`, which were looked at.
        steady: Times had stopped changing; otherwise the plan's bound ended the warm-up.
    """

    variant: str
    task: str
    queries: int
    inputs: int
    times_ns: tuple[int, ...]
    steady: bool


class Reference(Document, tag="reference"):
    """The device before the first round; rounds that find it otherwise do not count.

    Attributes:
        temperature_celsius: Hottest zone after conditioning, where the plan holds a band; None
            without a sensor.
        governor: Of each frequency policy in order, joined by "+".
        allowed_khz: Highest clock that any policy allows.
    """

    temperature_celsius: float | None
    clock_source: str | None
    governor: str | None
    allowed_khz: int | None


class MemoryPlanned(Document, tag="memory"):
    """Whether the sessions of one task, of all variants, are open side by side.

    Attributes:
        together: Otherwise each is loaded for its turn and closed after it, outside timed regions.
        sessions_bytes: What those of the largest task take, estimated from their files.
        budget_bytes: What may be taken: half of the memory that was available.
    """

    together: bool
    sessions_bytes: int
    budget_bytes: int


class NullTimed(Document, tag="null-engine"):
    """Queries of an engine that only waits: what they took beyond that is the harness's.

    Attributes:
        phase: Before the first round or after the last.
        delay_ns: What the engine waits, in a busy loop.
        excess_ns: Of each query, the time that would have been journalled, less the delay.
    """

    phase: Literal["before", "after"]
    delay_ns: int
    excess_ns: tuple[int, ...]


class OnOffPair(Document, tag="on-off"):
    """The baseline's queries twice in one session: watched as in a round, and not.

    Watched is: sensors were read and the journal written just before, so the stream was at work,
    and the power monitor was read beside the queries.

    Attributes:
        pair: 0-based number.
        first: Which came first; they take turns.
        watched_ns, alone_ns: Each query's time; parallel to `sample_ids`.
        took_ns: The pair with warm-ups and pauses: what knowing this has cost.
    """

    pair: int
    first: Literal["watched", "alone"]
    task: str
    languages: tuple[str, ...]
    sample_ids: tuple[str, ...]
    watched_ns: tuple[int, ...]
    alone_ns: tuple[int, ...]
    took_ns: int


class StretchTimes(Document):
    """One variant's queries in one stretch.

    Attributes:
        runs: How often all of them were run.
        median_ns: Of each query's times; parallel to the stretch's `sample_ids`.
    """

    variant: str
    runs: int
    median_ns: tuple[int, ...]


class StretchDone(Document, tag="stretch"):
    """One stretch, a minute unless the plan is shorter than two, of work without a pause.

    Attributes:
        attempt: 0-based; an interrupted half hour is begun anew, because the board has rested.
        stretch: 0-based number within the attempt.
        took_ns: From its begin to the end of the turn that reached its length.
        temperature_celsius, frequency_ratio, throttled, foreign_cpu_share: As in a round's
            conditions.
    """

    attempt: int
    stretch: int
    took_ns: int
    task: str
    languages: tuple[str, ...]
    sample_ids: tuple[str, ...]
    variants: tuple[StretchTimes, ...]
    temperature_celsius: float | None
    frequency_ratio: float | None
    throttled: bool | None
    foreign_cpu_share: float | None
