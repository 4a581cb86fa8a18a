"""What the agent itself adds to the numbers, and how its warm-ups ended: said with every run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.contract.upkeep import MemoryPlanned, NullTimed, OnOffPair, Reference
from device_agent.measure.decision import Interval
from device_agent.measure.ratios import PairedRound, round_means
from host.analysis.bundle import Bundle
from host.analysis.timing.equivalence import spread
from host.analysis.timing.percentile import Percentile, percentile
from host.analysis.timing.rounds import queries, valid

CONFIDENCE = 0.95


@dataclass(frozen=True)
class HarnessTime:
    """Time that measuring adds to each query, from an engine that only waits.

    Attributes:
        queries: Before the rounds and after them.
        share: Of the baseline's median query; None without valid rounds.
    """

    queries: int
    median_ns: float
    p99: Percentile
    share: float | None


@dataclass(frozen=True)
class OnOff:
    """The baseline with telemetry, journal and stream at work, over itself without.

    Attributes:
        ratio: Geometric mean over pairs.
        interval: Student's over pairs; None with fewer than two.
        took_s: What measuring it has cost.
    """

    pairs: int
    ratio: float
    interval: Interval | None
    took_s: float


@dataclass(frozen=True)
class WarmUps:
    """One variant's warm-ups in rounds that count.

    Attributes:
        turns: How many there were.
        unsteady: Those of them that a bound ended.
        queries: Median of the untimed queries, or batches, of a turn.
    """

    variant: str
    turns: int
    unsteady: int
    queries: float


@dataclass(frozen=True)
class Upkeep:
    """All of it; None and empty for what was not measured.

    Attributes:
        band_k: Kelvin that were held around the reference.
        reference: What the rounds' conditions were held against.
        memory: Whether models were held side by side.
    """

    harness: HarnessTime | None
    on_off: OnOff | None
    warm_ups: tuple[WarmUps, ...]
    band_k: float | None
    reference: Reference | None
    memory: MemoryPlanned | None


def measure_upkeep(bundle: Bundle) -> Upkeep:
    """Return what one bundle says of its own measuring."""
    rounds = valid(list(bundle.bodies(RoundDone)))
    plan = bundle.spec.performance
    memory = list(bundle.bodies(MemoryPlanned))
    return Upkeep(
        harness=_harness(bundle, rounds),
        on_off=_on_off(bundle),
        warm_ups=tuple(_warm_ups(bundle, rounds)),
        band_k=plan.temperature_band_k if plan else None,
        reference=next(bundle.bodies(Reference), None),
        memory=memory[-1] if memory else None,
    )


def _harness(bundle: Bundle, rounds: list[RoundDone]) -> HarnessTime | None:
    excess = [time for one in bundle.bodies(NullTimed) for time in one.excess_ns]
    if not excess:
        return None
    times = np.array(excess, dtype=np.int64)
    median = float(np.median(times))
    share = None
    if rounds:
        share = median / float(np.median(queries(rounds, bundle.spec.baseline).total_ns))
    return HarnessTime(len(excess), median, percentile(times, 0.99), share)


def _on_off(bundle: Bundle) -> OnOff | None:
    """Each pair is one observation, made as a round's: winsorised mean of its log ratios."""
    found = list(bundle.bodies(OnOffPair))
    if not found:
        return None
    pairs = [
        PairedRound(
            cells=tuple((one.task, language) for language in one.languages),
            log_ratios=np.log(np.array(one.watched_ns, dtype=np.float64))
            - np.log(np.array(one.alone_ns, dtype=np.float64)),
        )
        for one in found
    ]
    means = round_means(pairs)
    interval = None
    if len(means) > 1:
        low_high = spread(means).interval(CONFIDENCE)
        interval = Interval(math.exp(low_high.low), math.exp(low_high.high), CONFIDENCE)
    return OnOff(
        pairs=len(found),
        ratio=math.exp(float(np.mean(means))),
        interval=interval,
        took_s=sum(one.took_ns for one in found) / 1e9,
    )


def _warm_ups(bundle: Bundle, rounds: list[RoundDone]) -> Iterator[WarmUps]:
    for variant in bundle.spec.variants:
        own = [one for done in rounds for one in done.warmups if one.variant == variant.name]
        if own:
            yield WarmUps(
                variant=variant.name,
                turns=len(own),
                unsteady=sum(not one.steady for one in own),
                queries=float(np.median([one.queries for one in own])),
            )


def upkeep_caveats(bundle: Bundle) -> Iterator[str]:
    """Say what of it limits the numbers."""
    found = measure_upkeep(bundle)
    moving = [
        f"{one.variant} in {one.unsteady} of {one.turns}" for one in found.warm_ups if one.unsteady
    ]
    if moving:
        yield (
            "Times were still changing when the warm-up reached its bound before some turns: "
            f"{'; '.join(moving)}."
        )
    if found.memory is not None and not found.memory.together:
        yield (
            "The variants' models do not fit into memory together: each was loaded for its turn, "
            "outside what is timed, so turns lie further apart."
        )
    no_sensor = found.reference is not None and found.reference.temperature_celsius is None
    if found.band_k is not None and no_sensor:
        yield "The temperature band was not held: unsupported, the device has no sensor for it."
    on_off = found.on_off
    if on_off and on_off.interval and on_off.interval.low > 1 + bundle.spec.margin:
        yield (
            f"The agent's own telemetry, journal and stream made queries {on_off.ratio - 1:.1%} "
            "slower, for all variants alike: absolute times are that much too long."
        )
