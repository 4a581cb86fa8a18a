"""What somebody scores who has learned nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from device_agent import tasks
from device_agent.contract.samples import Gold, Prediction
from device_agent.metrics.ranking import DEPTH
from device_agent.tasks.families.scored_by_map import MAP_AT_20
from host.analysis.score.contributions import Contributions, contributions

SPAN = 9.0
"""What spans of the paragraph score that were chosen without reading the question, in percent.

The most of random ones of 1 to 50 words, the first sentence and the whole paragraph, in any
language of XQuAD, MLQA and TyDiQA: `python -m benchmarks.guessed_answers` prints them all. A bundle
has no paragraphs, so that it cannot be taken from its own.
"""

_TAGS = 4
_SEED = 0


@dataclass(frozen=True)
class Guess:
    """A score by guessing.

    Attributes:
        score: In percent.
        parts: What each sample adds to it; None where it is an expectation.
    """

    score: float
    parts: Contributions | None = None


def guess(
    task_name: str, gold: Mapping[str, Gold], language: str, candidates: int | None = None
) -> Guess:
    """Return the best score of some ways to answer without having learned anything.

    Classification and choices: always the most frequent answer of the test set itself, so a little
    too good. Tagging: every word gets one of the most frequent tags, or these take turns, or tags
    are drawn as often as they occur. Retrieval: what a random order is expected to score.
    Answering: `SPAN`.

    Args:
        task_name: Decides what an answer is.
        gold: By sample id.
        language: Matters where the metric's normalisation depends on it.
        candidates: How many retrieval looked among.
    """
    task = tasks.get(task_name)
    head = task.head.name
    if candidates is not None:
        return Guess(_random_order(task.primary, list(gold.values()), candidates))
    if head == "question-answering":
        return Guess(SPAN)
    if head == "token-classification":
        answers = list(_taggings({key: _several(tags) for key, tags in gold.items()}))
    elif head in {"sequence-classification", "multiple-choice"}:
        answers = list(_constants(gold))
    else:
        return Guess(0.0)
    tried = [contributions(task_name, language, answer, gold) for answer in answers]
    best = max(tried, key=lambda parts: parts.score, default=None)
    return Guess(0.0) if best is None else Guess(best.score, best)


def _constants(gold: Mapping[str, Gold]) -> Iterator[Mapping[str, Prediction]]:
    for answer, _ in Counter(gold.values()).most_common(1):
        assert isinstance(answer, str | int)
        yield dict.fromkeys(gold, answer)


def _taggings(gold: Mapping[str, tuple[str, ...]]) -> Iterator[Mapping[str, Prediction]]:
    """Yield ways to tag; equal neighbours merge into one chunk, so that one tag finds little."""
    counts = Counter(tag for tags in gold.values() for tag in tags)
    frequent = [tag for tag, _ in counts.most_common(_TAGS)]
    for tag in frequent:
        yield {key: (tag,) * len(tags) for key, tags in gold.items()}
    for turns in (frequent[:2], frequent[:3]):
        yield {
            key: tuple(turns[place % len(turns)] for place in range(len(tags)))
            for key, tags in gold.items()
        }
    chance = random.Random(_SEED)
    every, weights = list(counts), list(counts.values())
    yield {key: tuple(chance.choices(every, weights, k=len(tags))) for key, tags in gold.items()}


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
