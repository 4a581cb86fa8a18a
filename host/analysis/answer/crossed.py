"""The mean of an effect over seeds that were all measured on the same samples, or rounds.

Seeds and samples are crossed, not nested: every seed's model answers the same questions. What a
sample does to all seeds alike does not shrink with more seeds, and what a seed does to all samples
alike does not shrink with more samples, so neither may be treated as so many independent draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from device_agent.measure.decision import Interval
from host.analysis.score.few_samples import hold_least, unseen_error
from host.analysis.timing.rounds import Floats


@dataclass(frozen=True)
class Crossed:
    """An estimate of the mean effect.

    Attributes:
        mean: Over seeds.
        seeds: How many; with one, `error` knows nothing of what another seed would do.
        between: Variance between seeds.
        apart: Variance that samples give to each seed apart.
        shared: Variance that samples give to all seeds alike.
        sampled: Degrees of freedom of the latter two.
        samples: Of a score, how many it is worth; few of them bound what can be told.
        scale: In what unit: 1 is points of score.
    """

    mean: float
    seeds: int
    between: float
    apart: float
    shared: float
    sampled: float
    samples: float | None = None
    scale: float = 1.0

    @property
    def error(self) -> float:
        """Standard error of the mean, from both sources together."""
        return math.sqrt(self._of_seeds + self.shared)

    @property
    def freedom(self) -> float:
        """Degrees of freedom of that error.

        Source: Satterthwaite, Biometrics Bulletin 2 (1946).
        """
        if self.error == 0:
            return self.seeds
        # Seeds that differ no more than samples make them differ tell nothing of their own.
        own = self.seeds - 1 if self.between else self.sampled
        return self.error**4 / (self._of_seeds**2 / own + self.shared**2 / self.sampled)

    @property
    def _of_seeds(self) -> float:
        return (self.between + self.apart) / self.seeds

    def interval(self, confidence: float) -> Interval:
        """Return Student's two-sided interval of the mean."""
        half = float(stats.t.ppf((1 + confidence) / 2, self.freedom)) * self.error
        found = Interval(self.mean - half, self.mean + half, confidence)
        if self.samples is None:
            return found
        points = Interval(found.low / self.scale, found.high / self.scale, confidence)
        least = hold_least(self.mean / self.scale, points, self.samples)
        return Interval(least.low * self.scale, least.high * self.scale, confidence)

    @property
    def p(self) -> float:
        """Of "no effect", two-sided."""
        if self.error == 0:
            return 1.0 if self.mean == 0 else 0.0
        return float(2 * stats.t.sf(abs(self.mean) / self.error, self.freedom))

    def times(self, factor: float) -> Crossed:
        """Return the estimate in another unit."""
        return replace(
            self,
            mean=self.mean * factor,
            between=self.between * factor**2,
            apart=self.apart * factor**2,
            shared=self.shared * factor**2,
            scale=self.scale * abs(factor),
        )

    def enlarged(self, seeds: int, times: float) -> Crossed:
        """Return what another number of seeds, and so many times the samples, would estimate.

        If the mean and the variances stay as they are. One seed tells nothing about others, so it
        cannot be enlarged by them.
        """
        return replace(
            self,
            seeds=seeds,
            apart=self.apart / times,
            shared=self.shared / times,
            sampled=self.sampled * times,
            samples=None if self.samples is None else self.samples * times,
        )


def over_samples(
    effects: Floats, resampled: Floats, samples: int, worth: float, scale: float = 1.0
) -> Crossed:
    """Return the mean over seeds with what seeds and samples add to its error.

    Args:
        effects: Each seed's effect on all samples, float64 [seeds].
        resampled: The same on resampled samples; all seeds got the same draws, float64
            [seeds, resamples].
        samples: How many there are.
        worth: As how many they count in the average.
        scale: How much larger an effect is than the score differences that it is made of.
    """
    # Samples of a kind that is not among these would move all seeds alike.
    unseen = (scale * unseen_error(worth)) ** 2
    together = float(np.var(np.mean(resampled, axis=0), ddof=1)) + unseen
    alone = float(np.mean(np.var(resampled, axis=1, ddof=1))) + unseen
    found = _combine(effects, together, alone, max(samples - 1, 1))
    return replace(found, samples=worth, scale=scale)


def over_rounds(values: Floats) -> Crossed:
    """Return the mean over seeds and rounds.

    Args:
        values: Log ratios of each seed in each round, float64 [seeds, rounds], at least two rounds.
    """
    rounds = values.shape[1]
    together = float(np.var(np.mean(values, axis=0), ddof=1)) / rounds
    alone = float(np.mean(np.var(values, axis=1, ddof=1))) / rounds
    return _combine(np.mean(values, axis=1), together, alone, rounds - 1)


def _combine(effects: Floats, together: float, alone: float, freedom: int) -> Crossed:
    """Split what was seen into the variances of seeds and of samples.

    With V the variance between seeds, A what samples do to all seeds alike, I what they do to each
    of n seeds apart: `together` is A + I/n, `alone` is A + I, and the variance between observed
    effects is V + I. The mean's variance is (V + I)/n + A. Where few seeds agree so well that their
    variance comes out below I, V is taken to be 0: two or three agree by luck more often than not,
    and I is measured on all samples.

    Source: the two-way crossed random-effects model, Searle, Casella and McCulloch, "Variance
    components" (1992), chapter 5; for evaluation with seeds and test samples, Owen, "The pigeonhole
    bootstrap", Annals of Applied Statistics 1 (2007). With three to five seeds a bootstrap over
    seeds is too narrow (it divides by n, not n - 1, and knows no t), which is why seeds are not
    resampled.

    Args:
        effects: Per seed, float64 [seeds].
        together: Variance that samples give to the mean over seeds.
        alone: Mean variance that samples give to one seed.
        freedom: Of both.
    """
    n = len(effects)
    mean = float(np.mean(effects))
    if n == 1:
        return Crossed(mean, 1, 0.0, 0.0, together, freedom)
    apart = max(0.0, (alone - together) * n / (n - 1))
    shared = max(0.0, together - apart / n)
    between = max(0.0, float(np.var(effects, ddof=1)) - apart)
    return Crossed(mean, n, between, apart, shared, freedom)
