"""Which samples a round runs and in which order the variants take turns; pure and seeded."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from device_agent.contract.samples import Sample


@dataclass(frozen=True)
class Query:
    """One sample of performance mode."""

    task: str
    language: str
    sample: Sample


class Samples(Protocol):
    """Samples that are read by their row, so that a large dataset is never whole in memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: int, /) -> Sample: ...


def draw(
    datasets: Sequence[tuple[str, str, Samples]], queries: int, seed: int
) -> Iterator[tuple[Query, ...]]:
    """Yield each round's queries, endlessly.

    Tasks and languages take turns, so every round has its share of each; within one, samples
    are drawn without replacement until all were run, then anew. All variants of a round run
    the same queries. Datasets of one task that are equally long are drawn alike: where their rows
    are parallel, a round runs the same sentences in every language.

    Args:
        datasets: Task, language and samples; none of them empty.
        queries: Queries per round.
        seed: Seed of the draw.
    """
    random_ = random.Random(seed)
    seeds = {task: random_.getrandbits(64) for task in dict.fromkeys(d[0] for d in datasets)}
    decks = [_deck(task, language, samples, seeds[task]) for task, language, samples in datasets]
    turns = list(range(len(decks)))
    random_.shuffle(turns)
    position = 0
    while True:
        chosen = []
        for _ in range(queries):
            chosen.append(next(decks[turns[position % len(turns)]]))
            position += 1
        chosen.sort(key=lambda query: query.task)
        yield tuple(chosen)


def _deck(task: str, language: str, samples: Samples, seed: int) -> Iterator[Query]:
    own = random.Random(seed)
    while True:
        # 8 bytes a row: a list of a million numbers takes five times as much.
        order = array("q", range(len(samples)))
        own.shuffle(order)
        for row in order:
            yield Query(task=task, language=language, sample=samples[row])


def orders(variants: Sequence[str], seed: int) -> Iterator[tuple[str, ...]]:
    """Yield each round's order of variants, endlessly.

    A seeded permutation is rotated until every variant has stood in every place, then run
    through backwards, so that drift within a round hits all alike; then a new permutation.
    """
    random_ = random.Random(seed)
    while True:
        base = list(variants)
        random_.shuffle(base)
        for shift in range(len(base)):
            yield tuple(base[shift:] + base[:shift])
        base.reverse()
        for shift in range(len(base)):
            yield tuple(base[shift:] + base[:shift])
