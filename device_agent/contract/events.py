"""Events: what a run did, in order. The journal holds them, the stream and the bundle repeat them.

Durations are integer nanoseconds of the monotonic clock; UTC is a label only, because boards
without a real-time clock jump in time.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from device_agent.contract.artifact import Agreement, Tolerance
from device_agent.contract.codec import Digest, Document
from device_agent.contract.runspec import RunState
from device_agent.contract.samples import Prediction
from device_agent.contract.upkeep import (
    MemoryPlanned,
    NullTimed,
    OnOffPair,
    Reference,
    StretchDone,
    WarmUp,
)


class StateChanged(Document, tag="state"):
    """The run entered a state; the reason is stated for failed and cancelled."""

    state: RunState
    reason: str | None = None
    remedy: str | None = None


class Resumed(Document, tag="resumed"):
    """The agent took the run up again after it was ended; finished samples are not run again.

    Attributes:
        in_order: It had been asked to stop, and left the run by itself.
    """

    samples_done: int
    rounds_done: int
    in_order: bool = False


class SessionOpened(Document, tag="session"):
    """A runtime session for one artifact was made.

    Attributes:
        providers: Execution providers that the engine really uses, in order.
        load_ns: Time to make the session.
        resident_bytes: Growth of the process's resident memory; None where it cannot be read.
    """

    variant: str
    artifact: Digest
    runtime: str
    runtime_version: str
    providers: tuple[str, ...]
    threads: int
    load_ns: int
    resident_bytes: int | None


class GoldenChecked(Document, tag="golden"):
    """The artifact's golden set was repeated on the device and compared with the host's fp32."""

    variant: str
    artifact: Digest
    passed: bool
    tolerance: Tolerance
    overall: Agreement
    per_language: dict[str, Agreement]


class Timing(Document):
    """Where one query's time went, in nanoseconds; `tokens` counts what the model was fed.

    Attributes:
        tokenise_ns: From the text to the model's inputs.
        encode_ns: The part of it that is not the tokenizer's: windows, offsets, arrays. Older
            agents do not tell.
    """

    tokens: int
    tokenise_ns: int
    infer_ns: int
    decode_ns: int
    encode_ns: int | None = None


class SampleDone(Document, tag="sample"):
    """One sample of accuracy mode, exactly once per variant, task, language and id.

    Attributes:
        prediction: None for retrieval, whose predictions come as `Ranked` once all are embedded.
        credit: The sample's share of the score, 0 to 1; None without gold.
    """

    variant: str
    task: str
    language: str
    sample_id: str
    prediction: Prediction | None
    credit: float | None
    timing: Timing


class Ranked(Document, tag="ranked"):
    """Retrieval's predictions of one language: candidate ids, best first, per query id.

    Attributes:
        pool: Candidates that were looked among, those of other languages included.
        precision: How the vectors were stored until then.
        threshold: Least score of a mined pair, fitted on the development set; None for ranking.
        unscored: Why no score may be made of these rankings; None where one may.
    """

    variant: str
    task: str
    language: str
    rankings: dict[str, tuple[str, ...]]
    credits: dict[str, float]
    rank_ns: int
    pool: int
    precision: Literal["float32", "float16"]
    threshold: float | None = None
    unscored: str | None = None


class Scored(Document, tag="scored"):
    """The score of one task in one language, in percent, or why there is none.

    Attributes:
        samples: Samples that the score is of, retrieval's queries.
        available: As many before the limit; more than `samples` means a subset.
        metrics: Official metric names; empty when unscored.
        primary: The metric that the task's average uses.
    """

    variant: str
    task: str
    language: str
    samples: int
    available: int
    primary: str
    metrics: dict[str, float]
    unscored: str | None = None


class Block(Document):
    """One variant's queries of one round, in the order they were run; lists run in parallel.

    Attributes:
        characters, utf8_bytes: Of each query's text; empty from older agents.
        encode_ns: As in `Timing`, a part of `tokenise_ns`; empty from older agents.
    """

    variant: str
    position: int
    tasks: tuple[str, ...]
    languages: tuple[str, ...]
    sample_ids: tuple[str, ...]
    tokens: tuple[int, ...]
    tokenise_ns: tuple[int, ...]
    infer_ns: tuple[int, ...]
    decode_ns: tuple[int, ...]
    characters: tuple[int, ...] = ()
    utf8_bytes: tuple[int, ...] = ()
    encode_ns: tuple[int, ...] = ()


class Conditions(Document):
    """The device during one round; None means that it has no such sensor.

    Attributes:
        foreign_cpu_share: CPU time of all other processes over the capacity of all cores, 0 to 1.
        frequency_ratio: Lowest current clock over the highest that the governor allows, 0 to 1.
        temperature_celsius: Highest thermal zone at the round's end.
        throttled: Throttling or under-voltage was signalled during the round.
        memory_pressure: Share of time in which some task stalled on memory (PSI, some), 0 to 1.
        swapped_pages: Pages swapped in or out during the round.
        available_memory_bytes, load_1min, gpu_load: At the round's end; `gpu_load` from 0 to 1.
            Older agents tell none of the three, nor what follows.
        started_celsius: As `temperature_celsius`, at the round's begin.
        clock_source, governor, allowed_khz: As in the run's `Reference`, at the round's end.
        paused_s: Longest time in which the queries of a turn stood still: the board was
            suspended, or the process stopped.
    """

    foreign_cpu_share: float | None
    frequency_ratio: float | None
    temperature_celsius: float | None
    throttled: bool | None
    memory_pressure: float | None
    swapped_pages: int | None
    available_memory_bytes: int | None = None
    load_1min: float | None = None
    gpu_load: float | None = None
    started_celsius: float | None = None
    clock_source: str | None = None
    governor: str | None = None
    allowed_khz: int | None = None
    paused_s: float | None = None


class VariantEnergy(Document):
    """What the board drew while one variant's queries of a round were timed.

    Attributes:
        joules: Power integrated over the timed regions; None where readings are missing.
        duration_ns: Of these regions together.
        readings: How often power was read in them.
    """

    variant: str
    joules: float | None
    duration_ns: int
    readings: int


class Energy(Document):
    """Energy of a round, from the board's own power monitor.

    Attributes:
        rails: Supply lines whose power was added up, by their label.
        interval_ns: Wanted time between two readings.
        idle_watts: Power before the first turn, models loaded and nothing running.
    """

    rails: tuple[str, ...]
    interval_ns: int
    idle_watts: float | None
    variants: tuple[VariantEnergy, ...]


class RoundDone(Document, tag="round"):
    """One round: every variant over the same samples, in a shuffled, balanced order.

    Attributes:
        round: 0-based number, invalid rounds counted.
        invalid: Reasons why the round does not count; empty for a valid one.
        energy: None on a board whose power cannot be read.
        warmups: Of each turn, in order; empty where the plan does not look for a steady state.
    """

    round: int
    invalid: tuple[str, ...]
    conditions: Conditions
    blocks: tuple[Block, ...]
    energy: Energy | None = None
    warmups: tuple[WarmUp, ...] = ()


Body: TypeAlias = (
    StateChanged
    | Resumed
    | SessionOpened
    | GoldenChecked
    | SampleDone
    | Ranked
    | Scored
    | RoundDone
    | Reference
    | MemoryPlanned
    | NullTimed
    | OnOffPair
    | StretchDone
)


class Event(Document):
    """One entry of the journal.

    Attributes:
        seq: 1, 2, 3 … within the run, without gaps.
        boot_id: The kernel's boot id; monotonic times compare only within one.
        monotonic_ns: When it was written.
        utc: The wall clock then, as ISO 8601; a label.
    """

    seq: int
    boot_id: str
    monotonic_ns: int
    utc: str
    body: Body
