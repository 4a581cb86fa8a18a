"""Work without a pause: the first minute against the last one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.upkeep import StretchDone, StretchTimes
from device_agent.measure.decision import Interval
from device_agent.measure.stretches import Stretches
from host.analysis.bundle import Bundle
from host.analysis.timing.equivalence import spread
from host.analysis.timing.rounds import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Fade:
    """One variant's time in the last stretch over that in the first.

    Attributes:
        first_ns, last_ns: Geometric mean over queries.
        ratio: Geometric mean of the queries' ratios: each is compared with itself.
        interval: Student's of that mean, over queries; None with a single one.
        ratios: Of every stretch to the first, in order.
    """

    variant: str
    first_ns: float
    last_ns: float
    ratio: float
    interval: Interval | None
    ratios: tuple[float, ...]


@dataclass(frozen=True)
class Sustained:
    """The last attempt that has all of its stretches.

    Attributes:
        length_s: Of a stretch, as planned.
        queries: That were run again and again, of one task.
        stretches: In order, with temperature and clock.
        fades: In the order of the variants.
    """

    length_s: float
    task: str
    queries: int
    stretches: tuple[StretchDone, ...]
    fades: tuple[Fade, ...]

    @property
    def unit(self) -> str:
        """What a stretch is called."""
        return "minute" if self.length_s == 60 else "stretch"


def measure_sustained(bundle: Bundle) -> Sustained | None:
    """Return what sustained work has shown; None where none was planned or none is complete."""
    plan = bundle.spec.performance
    if plan is None or plan.sustained_s is None:
        return None
    stretches = Stretches.of(plan.sustained_s)
    attempts: dict[int, list[StretchDone]] = {}
    for one in bundle.bodies(StretchDone):
        attempts.setdefault(one.attempt, []).append(one)
    whole = [found for found in attempts.values() if len(found) == stretches.count]
    if not whole:
        return None
    found = whole[-1]
    return Sustained(
        length_s=stretches.length_s,
        task=found[0].task,
        queries=len(found[0].sample_ids),
        stretches=tuple(found),
        fades=tuple(
            _fade([one.variants[index] for one in found]) for index in range(len(found[0].variants))
        ),
    )


def _fade(times: Sequence[StretchTimes]) -> Fade:
    logs = [_logs(one) for one in times]
    changes = logs[-1] - logs[0]
    interval = None
    if len(changes) > 1:
        found = spread(changes).interval(CONFIDENCE)
        interval = Interval(math.exp(found.low), math.exp(found.high), CONFIDENCE)
    return Fade(
        variant=times[0].variant,
        first_ns=math.exp(float(np.mean(logs[0]))),
        last_ns=math.exp(float(np.mean(logs[-1]))),
        ratio=math.exp(float(np.mean(changes))),
        interval=interval,
        ratios=tuple(math.exp(float(np.mean(one - logs[0]))) for one in logs),
    )


def _logs(times: StretchTimes) -> Floats:
    logs: Floats = np.log(np.array(times.median_ns, dtype=np.float64))
    return logs
