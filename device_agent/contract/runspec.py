"""The run spec: everything that decides what a run does, seeds included."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from device_agent.contract.artifact import Regime
from device_agent.contract.codec import Digest, Document, Identifier
from device_agent.contract.design import Design

Positive = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Mode = Literal["accuracy", "performance"]
Scenario = Literal["single-stream", "offline"]
"""As MLPerf has them: one query after another; or all at once, in batches, for throughput."""
RunState = Literal["queued", "running", "finished", "failed", "cancelled"]

TERMINAL_STATES: frozenset[str] = frozenset({"finished", "failed", "cancelled"})


class Dataset(Document):
    """One task in one language, packed as two content-addressed JSON Lines files.

    Attributes:
        inputs: Digest of the `InputRow` lines.
        gold: Digest of the `GoldRow` lines; None where the data has no gold at all.
        samples: Lines in `inputs`.
        queries: Those of them that are scored. Retrieval also runs what it looks up among and
            what it tunes on; a dataset may hold nothing else.
        available: Queries before the limit was applied; more than `queries` means a subset.
        available_pool: The rest before its own limit; more than are here means a smaller pool,
            whose scores are not comparable with the benchmark's.
        seed: Seed that drew the subset; None where nothing was left out.
    """

    task: Identifier
    language: Identifier
    split: str
    inputs: Digest
    gold: Digest | None
    samples: Positive
    queries: Count
    available: Count
    available_pool: Count = 0
    seed: int | None

    @property
    def pool(self) -> int:
        """Samples that are run and not scored: retrieval's candidates, and what it tunes on."""
        return self.samples - self.queries


class Variant(Document):
    """What is compared: one artifact per target task, under one name.

    Attributes:
        recipe: Of its artifacts; several, where tasks have different ones, are joined by "+".
        artifacts: Task name to the digest of the artifact's manifest.
        control_of: For the A/A control: the variant whose artifacts it repeats under another name.
            Its samples are only run in performance mode.
    """

    name: Identifier
    regime: Regime | None
    recipe: Identifier
    artifacts: dict[Identifier, Digest]
    control_of: Identifier | None = None


class Performance(Document):
    """Performance mode: paired, interleaved rounds over the same samples.

    The batch plan of scenario offline follows from this alone: within a round's task all rows are
    sorted by their tokens, the longest first, equally long ones in the order of the draw, and cut
    into batches of `batch_size`, each padded to its longest row.

    Attributes:
        batch_size: Rows that the model gets at once; 1 in scenario single-stream.
        rounds: Valid rounds wanted; with `until_decided` the most of them.
        attempts: Rounds tried at most, invalid ones included.
        queries: Samples drawn per round, spread over tasks and languages.
        turn_queries: Queries of a task that a variant runs before the next one takes its turn; then
            turns go on in the opposite order. None, and one variant at a time in memory or a power
            monitor at work: all of the round's.
        warmup_queries: Queries per variant before its first timed one of a task in a round, not
            counted; before later turns it is one, if any.
        steady_queries: Untimed ones after the first turn's at most, until times stop changing, in
            batches for scenario offline; 0 looks for no steady state.
        steady_s: Seconds that these take together, at most.
        hold_conditions: Rounds count only while clock source and governor are those of the first
            one, and the allowed clock is no lower.
        temperature_band_k: Kelvin around the temperature of the first round within which each
            must begin; None holds no band.
        temperature_wait_s: Seconds to wait for that, or to work towards it, before each round.
        null_queries: Queries of an engine that only waits, before the rounds and after them.
        on_off_pairs: Pairs of the baseline's turns with the agent's telemetry, journal and stream
            at work and without.
        sustained_s: Seconds of work without a pause after the rounds; None for none.
        minimum_s: Seconds that the queries of valid rounds take together, at least.
        until_decided: Rounds end as soon as no candidate's latency is undecided; intervals are
            then such as hold at every look.
        budget_s: With `until_decided`: no round begins once the queries have taken so long.
    """

    scenario: Scenario = "single-stream"
    batch_size: Positive = 1
    rounds: Positive
    attempts: Positive
    queries: Positive
    warmup_queries: Count
    turn_queries: Positive | None = None
    minimum_s: Count = 0
    until_decided: bool = False
    budget_s: Positive | None = None
    steady_queries: Count = 0
    steady_s: Positive = 5
    hold_conditions: bool = False
    temperature_band_k: Annotated[float, msgspec.Meta(gt=0)] | None = None
    temperature_wait_s: Positive = 120
    null_queries: Count = 0
    on_off_pairs: Count = 0
    sustained_s: Annotated[int, msgspec.Meta(ge=2)] | None = None

    def __post_init__(self) -> None:
        """Refuse batches in the scenario that has none, and a budget that nothing would use."""
        if self.budget_s is not None and not self.until_decided:
            raise ValueError("a budget goes with until_decided")
        if self.temperature_band_k is not None and not self.hold_conditions:
            raise ValueError("a temperature band goes with hold_conditions")
        if self.scenario == "offline" and self.turn_queries is not None:
            raise ValueError("scenario offline has all of a task's queries at once")
        if self.scenario == "single-stream" and self.batch_size != 1:
            raise ValueError(f"scenario single-stream has batches of 1, found {self.batch_size}")


class RuntimeOptions(Document):
    """Which engine runs the artifacts, and how. A provider that is not there is an error.

    Attributes:
        name: None for the engine of each artifact's format.
    """

    name: Identifier | None = None
    provider: Literal["cpu", "cuda", "tensorrt"] = "cpu"
    threads: Positive


class Seeds(Document):
    """One seed per dimension of chance."""

    queries: int
    order: int


class RunSpec(Document):
    """What `device-agent submit` takes.

    Attributes:
        margin: Latency equivalence margin as a share, registered before the run.
        score_margin: Non-inferiority margin in points of score, registered before the run.
        design: What is compared with what over seeds, registered before the run; None where every
            candidate is held against the baseline and nothing is said beyond these checkpoints.
    """

    SCHEMA: ClassVar[str] = "run/1.1"

    schema: Literal["run/1.0", "run/1.1"] = "run/1.1"
    run_id: Identifier
    study: Identifier
    study_digest: Digest
    baseline: Identifier
    margin: float
    score_margin: float = 1.0
    modes: tuple[Mode, ...]
    variants: tuple[Variant, ...]
    datasets: tuple[Dataset, ...]
    performance: Performance | None
    runtime: RuntimeOptions
    seeds: Seeds
    design: Design | None = None
