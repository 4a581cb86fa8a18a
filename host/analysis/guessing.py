"""What somebody scores who has learned nothing, and which tasks nobody scored above it in.

A task that nobody learned shows no difference, whatever was changed: it cannot tell "no worse" from
"could not have been worse".

Source: ICH E10, "Choice of control group in clinical trials" (2000), 1.5, assay sensitivity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from device_agent import tasks
from device_agent.contract.samples import Gold, Prediction
from device_agent.measure.decision import Interval
from device_agent.metrics.ranking import DEPTH
from device_agent.tasks.families.scored_by_map import MAP_AT_20
from host.analysis.averages import cell_score
from host.analysis.bundle import Bundle, Cell
from host.analysis.scores import CellScore

Verdict = TypeVar("Verdict", bound=str)

_ALSO: Mapping[str, frozenset[str]] = {"NON-INFERIOR": frozenset({"BETTER"})}
"""What the learned tasks alone may say instead of a verdict."""


@dataclass(frozen=True)
class Assay:
    """What is left of an effect on the average without the tasks that nobody learned.

    Attributes:
        unlearned: Tasks in which none of those compared is shown to score above guessing.
        interval: The effect's, over the other tasks; None where there is none.
    """

    unlearned: tuple[str, ...] = ()
    interval: Interval | None = None

    def judge(
        self, effect: Interval, decide: Callable[[Interval], tuple[Verdict, str]]
    ) -> tuple[Verdict | Literal["INCONCLUSIVE"], str]:
        """Return verdict and reason, INCONCLUSIVE where these data could not have told otherwise.

        A verdict must hold over the learned tasks alone too: the others thin a loss out, and a
        difference between two that guess is nobody's gain.

        Args:
            effect: The interval over all tasks.
            decide: From an interval to verdict and reason.
        """
        verdict, reason = decide(effect)
        if verdict == "INCONCLUSIVE":
            return verdict, reason
        if self.interval is None:
            return "INCONCLUSIVE", "nobody is shown to score above guessing in any task"
        if decide(self.interval)[0] not in {verdict, *_ALSO.get(verdict, ())}:
            low, high = (
                f"{end:+.1f}".replace("-", "−") for end in (self.interval.low, self.interval.high)
            )
            reason = (
                f"without {', '.join(self.unlearned)}, where nobody is shown to score above "
                f"guessing, the 95 % interval is {low} to {high}"
            )
            return "INCONCLUSIVE", reason
        return verdict, reason


def guessed_scores(bundle: Bundle, cells: Mapping[Cell, CellScore]) -> dict[Cell, float]:
    """Return what guessing scores in each task and language that has a score, in percent."""
    return {
        cell: guessed_score(
            cell[0], bundle.gold[cell], cell[1], score.lookup.candidates if score.lookup else None
        )
        for cell, score in cells.items()
        if score.unscored is None
    }


def guessed_score(
    task_name: str, gold: Mapping[str, Gold], language: str, candidates: int | None = None
) -> float:
    """Return the score of somebody who has learned nothing, in percent.

    Of classification, choices and tagging it is that of always giving the most frequent answer of
    the test set itself, so a little too good; of retrieval, what a random order is expected to
    score. Answering has no frequent answer: an empty one scores 0.

    Args:
        task_name: Decides what an answer is.
        gold: By sample id.
        language: Matters where the metric's normalisation depends on it.
        candidates: How many retrieval looked among.
    """
    task = tasks.get(task_name)
    head = task.head.name
    if candidates is not None:
        return _random_order(task.primary, list(gold.values()), candidates)
    if head not in {"sequence-classification", "multiple-choice", "token-classification"}:
        return 0.0
    predictions: dict[str, Prediction]
    if head == "token-classification":
        tag = _most_frequent([tag for tags in gold.values() for tag in _several(tags)])
        predictions = {key: tuple(str(tag) for _ in _several(tags)) for key, tags in gold.items()}
    else:
        label = _most_frequent(list(gold.values()))
        predictions = dict.fromkeys(gold, label)
    score = task.score(predictions, gold, language)
    return cell_score(score.metrics, task.primary) if score.metrics else 0.0


def _random_order(metric: str, gold: Sequence[Gold], candidates: int) -> float:
    """Return the expected score of candidates in random order, in percent.

    With R relevant of N, rank k holds a relevant one with chance R/N, and among the ranks above it
    (k - 1)(R - 1)/(N - 1) more are expected; that is what its precision counts.
    """
    relevant = [len(set(_several(ids))) for ids in gold if ids]
    if not relevant:
        return 0.0
    if metric != MAP_AT_20:
        return 100 * sum(relevant) / len(relevant) / candidates
    depth = min(DEPTH, candidates)
    found = 0.0
    for r in relevant:
        more = (r - 1) / max(candidates - 1, 1)
        precisions = sum((1 + (rank - 1) * more) / rank for rank in range(1, depth + 1))
        found += r / candidates * precisions / min(r, DEPTH)
    return 100 * found / len(relevant)


def _several(gold: Gold) -> tuple[str, ...]:
    assert isinstance(gold, tuple)
    return gold


def _most_frequent(values: list[Gold] | list[str]) -> str | int:
    ((value, _),) = Counter(values).most_common(1)
    assert isinstance(value, str | int)
    return value
