"""A variant's time over the baseline's in one language, with an interval over rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.measure import anytime
from device_agent.measure.decision import DIFFERENCE_CONFIDENCE, MIN_ROUNDS, Interval
from device_agent.measure.ratios import pair
from host.analysis.language_fair.between import language_means
from host.analysis.language_fair.contrast import Estimate
from host.analysis.timing.equivalence import spread


def of_baseline(
    rounds: Sequence[RoundDone], candidate: str, baseline: str, *, looked: bool
) -> dict[str, Estimate]:
    """Return the ratio of two variants' time by language, as `compare_latency` takes it over all.

    Args:
        rounds: Those that count.
        candidate: A variant's name.
        baseline: Another's.
        looked: As in `compare_latency`.

    Returns:
        Languages that were run in at least two rounds; without an interval in fewer than five.
    """
    paired = [pair(done, candidate, baseline) for done in rounds]
    found = {}
    for language in sorted({cell[1] for one in paired for cell in one.cells}):
        means = language_means(paired, language)
        means = means[~np.isnan(means)]
        if len(means) < 2:
            continue
        estimate = anytime.estimate(means.tolist()) if looked else spread(means)
        interval = None
        if len(means) >= MIN_ROUNDS:
            ends = estimate.interval(DIFFERENCE_CONFIDENCE)
            interval = Interval(math.exp(ends.low), math.exp(ends.high), ends.confidence)
        found[language] = Estimate(math.exp(estimate.mean), interval)
    return found
