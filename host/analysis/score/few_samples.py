"""Widens intervals of scores by what few samples cannot show.

Resampling knows no kind of sample that is not among those at hand: where nobody lost anything, no
resample does, and "no worse" follows from six samples. With fifty samples or fewer and few on which
two models differ, its 97.5 % bound fails in up to a third of all cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy import stats

from device_agent.measure.decision import Interval
from host.analysis.bundle import Cell
from host.analysis.language_fair.parallel import is_parallel
from host.analysis.timing.rounds import Floats

CONFIDENCE = 0.95


def worth(counts: Mapping[Cell, float]) -> float:
    """Return how many samples an average over tasks, of averages over languages, is worth.

    A loss that was not drawn may be in one language of one task alone, the one with the fewest
    samples, and in a translated task it is a row's, in all of its languages.

    Args:
        counts: Samples of each task and language.
    """
    tasks: dict[str, list[float]] = {}
    for (task, _), count in counts.items():
        tasks.setdefault(task, []).append(count)
    return len(tasks) * min(
        min(own) * (1 if is_parallel(task) else len(own)) for task, own in tasks.items()
    )


def unseen_error(samples: float) -> float:
    """Return the standard error, in points, of a sample won and one lost that were not drawn.

    Source: Agresti and Min, "Simple improved confidence intervals for comparing matched
    proportions", Statistics in Medicine 24 (2005): two samples more, one of them discordant.
    """
    return 100 / (samples + 2)


def percentile_interval(
    found: float, drawn: Floats, samples: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return the percentile interval of a resampled score, or difference of scores, in points.

    Args:
        found: On all samples.
        drawn: On resampled ones, float64 [resamples].
        samples: How many, or what they are `worth` together.
        confidence: Two-sided.
    """
    tail = 100 * (1 - confidence) / 2
    low, high = (float(end) for end in np.percentile(drawn, [tail, 100 - tail]))
    return widen(found, Interval(low, high, confidence), samples)


def widen(mean: float, interval: Interval, samples: float) -> Interval:
    """Return an interval of resampled scores, or differences of scores, wide enough for so few.

    Args:
        mean: What was found on all samples, in points.
        interval: What resampling, or Student's t, says.
        samples: How many, or what `worth` says.
    """
    unseen = _z(interval.confidence) * unseen_error(samples)
    low = mean - math.hypot(mean - interval.low, unseen)
    high = mean + math.hypot(interval.high - mean, unseen)
    return hold_least(mean, Interval(low, high, interval.confidence), samples)


def hold_least(mean: float, interval: Interval, samples: float) -> Interval:
    """Return the interval, made to hold what so few samples cannot exclude.

    A true difference of d points needs samples won or lost outright in d of 100 cases at least, and
    so few may be missing by chance. With no difference at all in n samples, it is the rule of
    three; where more than two samples' worth was found, resampling has seen enough.

    Source: Wilson, JASA 22 (1927): values whose own variance, |d| (100 - |d|) / n, allows what was
    found; Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249
    (1983).
    """
    spread = _z(interval.confidence) ** 2 / samples
    if abs(mean) / 100 > spread / 2:
        return interval
    low = 100 * _least(mean / 100, spread)
    high = -100 * _least(-mean / 100, spread)
    return Interval(
        max(-100.0, min(interval.low, low)),
        min(100.0, max(interval.high, high)),
        interval.confidence,
    )


def _least(mean: float, spread: float) -> float:
    """Return the least d in [-1, 1] with (mean - d)² = spread |d| (1 - |d|), or the mean."""
    found = [mean]
    for sign in (1, -1):
        half = sign * mean + spread / 2
        root = half**2 - (1 + spread) * mean**2
        if root >= 0:
            ends = [(half + turn * math.sqrt(root)) / (1 + spread) for turn in (1, -1)]
            found += [sign * end for end in ends if 0 <= end <= 1]
    return min(found)


def _z(confidence: float) -> float:
    return float(stats.norm.ppf((1 + confidence) / 2))
