"""Draws a subset by seed: the same one on every machine, and parallel rows in every language."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from device_agent.contract.samples import Sample, SentenceInput


def draw(
    samples: Sequence[Sample],
    limit: int | None,
    *,
    language: str,
    seed: int,
    candidates: int | None = None,
    wanted: Collection[str] = (),
) -> list[Sample]:
    """Return at most `limit` queries, with what they are looked up among, in reading order.

    Queries with gold go before those without, since only they are scored. Among equals a sample's
    rank is the SHA-256 of the seed and its id without the language, so that a task with parallel
    rows yields the same rows in each language that has all of its gold. The limit is on the queries
    alone, since a smaller pool would make the task another, easier one; `candidates` asks for just
    that. What a threshold is tuned on is cut apart from what is scored, to the same numbers.

    Args:
        samples: One task in one language.
        limit: Samples wanted, for retrieval queries wanted; None takes all.
        language: Stands before the row in ids such as `de-17`, or behind it as in `17_de`.
        seed: Another seed draws another subset.
        candidates: Candidates wanted; None takes all. More are kept where gold asks for them.
        wanted: Candidates that stay because they are gold of queries in other languages; gold of
            the queries drawn here stays anyway.
    """
    if limit is None and candidates is None:
        return list(samples)
    drawing = _Drawing(samples, language, seed)
    kept = set(chain.from_iterable(drawing.queries(limit, tuning) for tuning in _PARTS))
    gold = set(wanted).union(gold_ids(sample for sample in samples if sample.id in kept))
    for tuning in _PARTS:
        kept.update(drawing.candidates(candidates, tuning, gold))
    return _same_again([sample for sample in samples if sample.id in kept])


def draw_pool(
    pool: Iterable[Sample], candidates: int | None, *, language: str, seed: int, wanted: Set[str]
) -> Set[str] | None:
    """Return which of a pool that holds nothing but candidates to keep; None for all of them.

    As `draw`, in one pass and with no more than the ids that are kept in memory.
    """
    if candidates is None:
        return None
    drawing = _Drawing((), language, seed)
    gold: set[str] = set()

    def others() -> Iterator[str]:
        for sample in pool:
            if sample.id in wanted:
                gold.add(sample.id)
            else:
                yield sample.id

    # How many of the gold are there is known only behind the last candidate.
    ranked = drawing.first(others(), candidates)
    return gold.union(ranked[: max(0, candidates - len(gold))])


def gold_ids(samples: Iterable[Sample]) -> Iterator[str]:
    """Yield the candidates that are gold of these samples."""
    for sample in samples:
        if isinstance(sample.input, SentenceInput) and isinstance(sample.gold, tuple):
            yield from sample.gold


def row_of(id_: str, language: str) -> str:
    """Return a sample's id without its language: parallel rows have the same in each of them."""
    for mark in "-_":
        id_ = id_.removeprefix(f"{language}{mark}")
    return id_.removesuffix(f"_{language}")


_PARTS = (False, True)
"""What is scored, and what a threshold is tuned on."""


@dataclass(frozen=True)
class _Drawing:
    """Ranks the ids of one language."""

    samples: Sequence[Sample]
    language: str
    seed: int

    def queries(self, limit: int | None, tuning: bool) -> Iterable[str]:
        """Return those with the lowest rank, and without gold only where too few have some."""
        if limit is None:
            return self._ids("query", tuning)
        bare = {sample.id for sample in self.samples if sample.gold is None}
        ids = self._ids("query", tuning)
        return heapq.nsmallest(limit, ids, key=lambda id_: (id_ in bare, self._rank(id_)))

    def candidates(
        self, number: int | None, tuning: bool, wanted: Collection[str]
    ) -> Iterable[str]:
        """Return the gold, and by rank as many others as are wanted besides."""
        if number is None:
            return self._ids("candidate", tuning)
        gold = [id_ for id_ in self._ids("candidate", tuning) if id_ in wanted]
        others = (id_ for id_ in self._ids("candidate", tuning) if id_ not in wanted)
        return [*gold, *self.first(others, max(0, number - len(gold)))]

    def _ids(self, role: str, tuning: bool) -> Iterator[str]:
        return (sample.id for sample in self.samples if _part(sample) == (role, tuning))

    def first(self, ids: Iterator[str], number: int) -> list[str]:
        """Return those of the lowest rank; holds no more than that many, whatever comes in."""
        return heapq.nsmallest(number, ids, key=self._rank)

    def _rank(self, id_: str) -> bytes:
        row = row_of(id_, self.language)
        return hashlib.sha256(f"{self.seed}:{row}".encode()).digest()


def _same_again(samples: list[Sample]) -> list[Sample]:
    """Let `same_as` speak of what was kept: its first sentence may have been left out."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for sample in samples:
        if isinstance(sample.input, SentenceInput) and sample.input.same_as is not None:
            alike.setdefault((*_part(sample), sample.input.same_as), []).append(sample.id)
    if not alike:
        return samples
    renamed = {id_: ids[0] if len(ids) > 1 else None for ids in alike.values() for id_ in ids}
    return [
        _with_same_as(sample, renamed[sample.id]) if sample.id in renamed else sample
        for sample in samples
    ]


def _with_same_as(sample: Sample, same_as: str | None) -> Sample:
    given = sample.input
    assert isinstance(given, SentenceInput)
    changed = SentenceInput(
        role=given.role,
        text=given.text,
        context=given.context,
        tuning=given.tuning,
        same_as=same_as,
    )
    return Sample(id=sample.id, input=changed, gold=sample.gold)


def _part(sample: Sample) -> tuple[str, bool]:
    if isinstance(sample.input, SentenceInput):
        return sample.input.role, sample.input.tuning
    return "query", False
