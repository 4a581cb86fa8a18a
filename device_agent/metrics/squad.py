"""Exact match and F1 of extractive answers, as SQuAD 1.1's official script has them.

XTREME scores XQuAD and TyDiQA with it in every language, English articles and ASCII punctuation
and all (`third_party/evaluate_squad.py`); MLQA brings a normalisation of its own.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Normalise = Callable[[str], str]

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True)
class AnswerScore:
    """Means over all questions, in percent."""

    exact_match: float
    f1: float


def normalise(text: str) -> str:
    """Lower the case, drop ASCII punctuation, then English articles, and single the spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_WITHOUT_PUNCTUATION)).split())


def exact_match(prediction: str, answers: Sequence[str], normal: Normalise = normalise) -> bool:
    """Tell whether the prediction equals any accepted answer, both normalised."""
    found = normal(prediction)
    return any(found == normal(answer) for answer in answers)


def f1(prediction: str, answers: Sequence[str], normal: Normalise = normalise) -> float:
    """Return the best F1 over the accepted answers' words, 0 to 1; repeated words count."""
    found = Counter(normal(prediction).split())
    return max((_overlap(found, Counter(normal(answer).split())) for answer in answers), default=0)


def evaluate(
    gold: Mapping[str, Sequence[str]],
    predictions: Mapping[str, str],
    normal: Normalise = normalise,
) -> AnswerScore:
    """Score all questions; one without a prediction counts 0.

    Args:
        gold: Accepted answers per question id, for at least one question.
        predictions: One answer per question id; ids without gold are passed over.
        normal: How texts are normalised before they are compared.

    Raises:
        ValueError: There is no gold.
    """
    if not gold:
        raise ValueError("There is no score without gold answers.")
    answered = [(predictions[key], answers) for key, answers in gold.items() if key in predictions]
    exact = sum(exact_match(text, answers, normal) for text, answers in answered)
    overlap = sum(f1(text, answers, normal) for text, answers in answered)
    return AnswerScore(exact_match=100.0 * exact / len(gold), f1=100.0 * overlap / len(gold))


def _overlap(found: Counter[str], wanted: Counter[str]) -> float:
    same = (found & wanted).total()
    if same == 0:
        return 0.0
    precision, recall = same / found.total(), same / wanted.total()
    return 2 * precision * recall / (precision + recall)
