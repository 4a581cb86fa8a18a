"""What a variant would score if it knew nothing of what it answers to, sample by sample.

Of classification and choices that is known exactly: its own answers, dealt to the samples at
random, are right as often as their frequencies and those of the right answers meet. Held against
the most frequent answer instead, a model that has learned little could hardly be told from one that
has learned nothing: that answer is the best of several on these very samples.

Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
Measurement 20 (1960).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from device_agent import tasks
from device_agent.contract.samples import Gold, Prediction
from host.analysis.score.contributions import ratio
from host.analysis.score.guessing import Guess, guess
from host.analysis.timing.rounds import Floats

_NOMINAL = frozenset({"sequence-classification", "multiple-choice"})


@dataclass(frozen=True)
class Chance:
    """One task and language.

    Attributes:
        guessed: What guessing scores, in percent.
        columns: What each sample adds to the sums that `score` takes, float64 [samples, columns].
    """

    guessed: float
    columns: Floats
    _variants: tuple[str, ...]
    _answers: int

    def drawn(self, sums: Floats) -> dict[str, Floats]:
        """Return each variant's score by chance, in percent, float64 [resamples].

        Args:
            sums: Of the columns, float64 [resamples, columns].
        """
        if self._answers:
            right, *given = np.split(sums, len(self._variants) + 1, axis=1)
            count = right.sum(axis=1)
            return {
                name: ratio((own * right).sum(axis=1), count**2)
                for name, own in zip(self._variants, given, strict=True)
            }
        if sums.shape[1]:
            return dict.fromkeys(self._variants, ratio(sums[:, 0], sums[:, 1]))
        return dict.fromkeys(self._variants, np.full(len(sums), self.guessed))

    def score(self, sums: Floats) -> dict[str, float]:
        """Return the same of one row of sums."""
        return {name: float(values[0]) for name, values in self.drawn(sums).items()}


def chance_of(
    task_name: str,
    language: str,
    predictions: Mapping[str, Mapping[str, Prediction]],
    gold: Mapping[str, Gold],
    candidates: int | None,
) -> Chance:
    """Return what scores by chance are made of.

    Args:
        task_name: Decides what an answer is.
        language: Matters where the metric's normalisation depends on it.
        predictions: By variant and sample id, for every id in `gold`.
        gold: By sample id.
        candidates: How many retrieval looked among.
    """
    best = guess(task_name, gold, language, candidates)
    names = tuple(predictions)
    if candidates is None and tasks.get(task_name).head.name in _NOMINAL:
        answers = [[own[key] for key in gold] for own in predictions.values()]
        rows = [list(gold.values()), *answers]
        known = {answer: n for n, answer in enumerate(dict.fromkeys(a for r in rows for a in r))}
        columns = [np.eye(len(known))[[known[a] for a in row]] for row in rows if row]
        if columns:
            return Chance(best.score, np.hstack(columns), names, len(known))
    return Chance(best.score, _of_guess(best, len(gold)), names, 0)


def _of_guess(best: Guess, samples: int) -> Floats:
    if best.parts is None:
        return np.empty((samples, 0))
    return np.stack([best.parts.numerators, best.parts.denominators], axis=1)
