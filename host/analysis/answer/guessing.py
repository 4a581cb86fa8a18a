"""What somebody scores who has learned nothing but which label is the most frequent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from device_agent import tasks
from device_agent.contract.samples import Gold, Prediction
from host.analysis.averages import cell_score, mean
from host.analysis.bundle import Bundle, Cell


def guessed_score(task_name: str, gold: Mapping[str, Gold], language: str) -> float:
    """Return the score of always giving the most frequent answer of the test set itself.

    So it is a little too good, and a model that is not above it has shown nothing. Answering and
    retrieval have no frequent answer: an empty one, and none at all, score 0.

    Args:
        task_name: Decides what an answer is.
        gold: By sample id.
        language: Matters where the metric's normalisation depends on it.
    """
    task = tasks.get(task_name)
    head = task.head.name
    if head not in {"sequence-classification", "multiple-choice", "token-classification"}:
        return 0.0
    predictions: dict[str, Prediction]
    if head == "token-classification":
        tag = _most_frequent([tag for tags in gold.values() for tag in _tags(tags)])
        predictions = {key: tuple(str(tag) for _ in _tags(tags)) for key, tags in gold.items()}
    else:
        label = _most_frequent(list(gold.values()))
        predictions = dict.fromkeys(gold, label)
    score = task.score(predictions, gold, language)
    return cell_score(score.metrics, task.primary) if score.metrics else 0.0


def guessed_by_task(bundle: Bundle, cells: list[Cell]) -> dict[str, float]:
    """Return the mean over languages of what guessing scores, for each task."""
    found: dict[str, list[float]] = {}
    for cell in cells:
        found.setdefault(cell[0], []).append(guessed_score(cell[0], bundle.gold[cell], cell[1]))
    means = {task: mean(scores) for task, scores in found.items()}
    return {task: value for task, value in means.items() if value is not None}


def _tags(gold: Gold) -> tuple[str, ...]:
    assert isinstance(gold, tuple)
    return gold


def _most_frequent(values: list[Gold] | list[str]) -> str | int:
    ((value, _),) = Counter(values).most_common(1)
    assert isinstance(value, str | int)
    return value
