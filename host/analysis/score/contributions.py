"""Splits a score into its samples' contributions, so that it can be resampled without rescoring.

Every metric of the suite is a ratio of two sums over samples: 100 Σ numerator / Σ denominator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent import tasks
from device_agent.contract.samples import Gold, Prediction
from device_agent.metrics.chunk_f1 import chunks
from device_agent.tasks.protocol import Task
from host.analysis.score.averages import cell_score
from host.analysis.timing.rounds import Floats


@dataclass(frozen=True)
class Contributions:
    """Both arrays are float64 [samples], in the order of the gold.

    Attributes:
        right_or_wrong: The metric knows nothing between, whatever these samples happen to hold.
        step: What one answer, or chunk, or pair that is right adds to a numerator.
    """

    numerators: Floats
    denominators: Floats
    right_or_wrong: bool = False
    step: float = 1.0

    @property
    def units(self) -> float:
        """How many answers or pairs can be right or wrong, and of chunks, sentences with any.

        At least one. Chunks of a sentence are lost together, so that they are no more than it.
        """
        samples = float(np.count_nonzero(self.denominators))
        return max(1.0, min(samples, float(np.sum(self.denominators)) / self.step))

    @property
    def score(self) -> float:
        """The metric over all samples, in percent; 0 without any denominator."""
        below = float(np.sum(self.denominators))
        return 100.0 * float(np.sum(self.numerators)) / below if below else 0.0


def contributions(
    task_name: str,
    language: str,
    predictions: Mapping[str, Prediction],
    gold: Mapping[str, Gold],
) -> Contributions:
    """Return each sample's contribution to the score that averages take.

    Args:
        task_name: Decides the metric.
        language: Matters where the metric's normalisation depends on it.
        predictions: For every id in `gold`.
        gold: By sample id.

    Raises:
        DataError: There is no such task.
    """
    task = tasks.get(task_name)
    split = _BY_TASK.get(task_name) or _BY_HEAD.get(task.head.name, _credit)
    pairs = [split(task, language, i, predictions[i], gold[i]) for i in gold]
    above, below = zip(*pairs, strict=True) if pairs else ((), ())
    return Contributions(
        np.array(above, dtype=np.float64),
        np.array(below, dtype=np.float64),
        right_or_wrong=task.primary == "accuracy",
        step=2.0 if split in _F1 else 1.0,
    )


def ratio(above: Floats, below: Floats) -> Floats:
    """Return 100 · above / below, and 0 where there is nothing below, as the metrics have it."""
    return 100.0 * np.divide(above, below, out=np.zeros_like(above), where=below > 0)


_Pair = tuple[float, float]


def _credit(task: Task, language: str, _: str, prediction: Prediction, gold: Gold) -> _Pair:
    return task.credit(prediction, gold, language), 1.0


def _answer(task: Task, language: str, key: str, prediction: Prediction, gold: Gold) -> _Pair:
    """EM and F1 are means over questions, so one question's score is its contribution."""
    score = task.score({key: prediction}, {key: gold}, language)
    return cell_score(score.metrics, task.primary) / 100.0, 1.0


def _chunks(_: Task, __: str, ___: str, prediction: Prediction, gold: Gold) -> _Pair:
    """F1 = 2 TP / (predicted + gold), over the chunks of all sentences (micro average)."""
    found, wanted = set(chunks(_texts(prediction))), set(chunks(_texts(gold)))
    return 2.0 * len(found & wanted), float(len(found) + len(wanted))


def _mined(_: Task, __: str, ___: str, prediction: Prediction, gold: Gold) -> _Pair:
    """F1 = 2 TP / (mined + gold), over the pairs of all queries: one is of one query alone.

    A query without a partner and without a mined pair adds nothing to either sum, as it should.
    """
    found, wanted = set(_texts(prediction)), set(_texts(gold))
    return 2.0 * len(found & wanted), float(len(found) + len(wanted))


def _texts(value: Prediction | Gold) -> Sequence[str]:
    assert isinstance(value, tuple)
    return value


_BY_HEAD: dict[str, Callable[[Task, str, str, Prediction, Gold], _Pair]] = {
    "question-answering": _answer,
    "token-classification": _chunks,
}
_BY_TASK: dict[str, Callable[[Task, str, str, Prediction, Gold], _Pair]] = {"bucc2018": _mined}
_F1 = (_chunks, _mined)
