"""Says what a retrieval task's queries were looked up among, and whether that is all there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from device_agent import tasks
from device_agent.contract.events import Ranked
from device_agent.contract.runspec import Dataset
from device_agent.tasks.protocol import RetrievalTask

_BENCHMARK_POOLS = {"mewslix": 1_003_893}
"""Candidates of a pool that belongs to no language; users may have put a smaller one in its place.

Source: `candidate_set_entities.jsonl` of XTREME-R.
"""

INCOMPARABLE = "not comparable with published scores"


@dataclass(frozen=True)
class Lookup:
    """What the queries of one task and language were looked up among.

    Attributes:
        candidates: Candidates looked among, other languages' included.
        available: As many before any limit; None where the run does not tell.
        reduced: Candidates were left out, which makes the task an easier one.
        languages: Languages whose candidates are in the pool; None where each has its own, or
            where they belong to no language.
        planned_languages: As many in the suite.
        precision: How the vectors were stored.
        threshold: Least score of a mined pair, fitted on the development set; None for ranking.
    """

    candidates: int
    available: int | None
    reduced: bool
    languages: int | None
    planned_languages: int | None
    precision: str
    threshold: float | None

    @property
    def lacks_languages(self) -> bool:
        """Whether the pool has fewer languages than the suite's."""
        return (self.languages or 0) < (self.planned_languages or 0)

    @property
    def comparable(self) -> bool:
        """Whether the pool is as large as the data has it."""
        return not (self.reduced or self.lacks_languages)

    @property
    def extent(self) -> str:
        """The pool in words, with what keeps its scores from being compared."""
        return ", ".join(self._pool()) + ("" if self.comparable else f": {INCOMPARABLE}")

    def _pool(self) -> Iterator[str]:
        if not self.reduced:
            yield f"among {self.candidates:,} candidates"
        elif self.available is None:
            yield f"among {self.candidates:,} candidates, fewer than the data has"
        else:
            yield f"among {self.candidates:,} of {self.available:,} candidates"
        if self.lacks_languages:
            yield f"pool of {self.languages} of {self.planned_languages} languages"


def lookup_of(dataset: Dataset, ranked: Ranked, datasets: Sequence[Dataset]) -> Lookup:
    """Return what one language was looked up among.

    Args:
        dataset: Of that task and language.
        ranked: Its rankings.
        datasets: All of the run.
    """
    task = tasks.get(dataset.task)
    own = [dataset]
    languages = planned = None
    if isinstance(task, RetrievalTask) and task.pooled:
        own = [other for other in datasets if other.task == dataset.task]
        if task.pool_language is None:
            languages = sum(other.pool > 0 for other in own)
            planned = len(task.languages_xtreme_r or task.languages_xtreme)
    held, there = (sum(o.pool for o in own), sum(o.available_pool for o in own))
    there = max(there, _BENCHMARK_POOLS.get(dataset.task, 0))
    # What a threshold is tuned on is not looked among, and the run does not count it apart.
    available = there if ranked.threshold is None else None
    return Lookup(
        candidates=ranked.pool,
        available=available,
        reduced=held < there,
        languages=languages,
        planned_languages=planned,
        precision=ranked.precision,
        threshold=ranked.threshold,
    )
