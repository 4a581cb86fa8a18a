"""Retrieval's rankings: of the planned queries, among the candidates that were run, none twice.

Whether a ranking is what the vectors give cannot be told: a bundle has no vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import Ranked
from device_agent.contract.runspec import Dataset
from device_agent.tasks.protocol import RetrievalTask
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks import cells
from host.analysis.seal.failure import RUN_AGAIN, Failure

_MINING = "f1"
"""What mined pairs are averaged by. Only mining fits a threshold, and makes no score without."""


def check_rankings(bundle: Bundle) -> Iterator[Failure]:
    """Find rankings that are missing, doubled or unplanned, and ids that cannot stand in them."""
    tasks = cells.planned_tasks(bundle)
    pooled = {n for n, t in tasks.items() if isinstance(t, RetrievalTask) and t.pooled}
    planned = {
        cell: dataset
        for cell, dataset in cells.planned(bundle).items()
        if dataset.queries and isinstance(tasks[dataset.task], RetrievalTask)
    }
    done, pools = cells.sample_ids(bundle), _pools(bundle, pooled)
    seen: set[cells.VariantCell] = set()
    for seq, ranked in bundle.entries(Ranked):
        cell = (ranked.variant, ranked.task, ranked.language)
        if cell not in planned:
            message = f"has a ranking of {cells.name(cell)}, which the spec does not plan"
            yield Failure(JOURNAL_NAME, message, seq=seq)
            continue
        if cell in seen:
            message = f"has the ranking of {cells.name(cell)} again, expected it once"
            yield Failure(JOURNAL_NAME, message, seq=seq)
        seen.add(cell)
        one = _Ranking(
            ranked=ranked,
            dataset=planned[cell],
            own=done.get(cell, set()),
            pool=pools.get(cell, set()),
            mined=tasks[ranked.task].primary == _MINING,
            candidates=sum(
                d.pool
                for d in bundle.spec.datasets
                if d.task == ranked.task and (d.task in pooled or d.language == ranked.language)
            ),
        )
        gold = bundle.gold.get((ranked.task, ranked.language), {})
        for message in (*_queries(one, gold.keys()), *_candidates(one)):
            text = f"the ranking of {cells.name(cell)} {message}"
            yield Failure(JOURNAL_NAME, text, RUN_AGAIN, seq=seq)
    if bundle.finished:
        for cell in planned:
            if cell not in seen:
                message = f"lacks the ranking of {cells.name(cell)}"
                yield Failure(JOURNAL_NAME, message, RUN_AGAIN)


@dataclass(frozen=True)
class _Ranking:
    """One language's rankings, with what they can be made of.

    Attributes:
        own: Ids of the language's samples.
        pool: Ids that may stand in a ranking.
        mined: Whether a threshold decides what is found; a ranking has none.
        candidates: How many of them the spec plans, what a threshold is fitted on included.
    """

    ranked: Ranked
    dataset: Dataset
    own: Set[str]
    pool: Set[str]
    mined: bool
    candidates: int


def _pools(bundle: Bundle, pooled: Set[str]) -> Mapping[cells.VariantCell, Set[str]]:
    """Return what was run and is no query: of the language, or of all where the task pools."""
    done = cells.sample_ids(bundle)
    ranked = list(bundle.bodies(Ranked))
    own = {cell: set(ids) for cell, ids in done.items()}
    for r in ranked:
        own.get((r.variant, r.task, r.language), set()).difference_update(r.rankings)
    together: dict[tuple[str, str], set[str]] = {}
    for (variant, task, _), ids in own.items():
        if task in pooled:
            together.setdefault((variant, task), set()).update(ids)
    return {
        (variant, task, language): together.get((variant, task), ids)
        for (variant, task, language), ids in own.items()
    }


def _queries(one: _Ranking, gold: Set[str]) -> Iterator[str]:
    ranked = one.ranked
    if not one.mined and (ranked.threshold, ranked.unscored) != (None, None):
        yield f"is unscored ({ranked.unscored}) or has a threshold, expected neither"
    nothing = one.mined and ranked.threshold is None and not ranked.rankings
    if len(ranked.rankings) != one.dataset.queries and not nothing:
        yield f"has {len(ranked.rankings)} queries, the spec plans {one.dataset.queries}"
    unknown = sorted(ranked.rankings.keys() - one.own)
    if unknown:
        yield f"has the query {unknown[0]!r}, which was not run"
    uncredited = sorted((ranked.rankings.keys() & gold) - ranked.credits.keys())
    if uncredited:
        yield f"has gold and no credit for query {uncredited[0]!r}"
    strange = sorted(ranked.credits.keys() - ranked.rankings.keys())
    if strange and not nothing:
        yield f"has a credit for {strange[0]!r}, which is no query of it"


def _candidates(one: _Ranking) -> Iterator[str]:
    ranked = one.ranked
    for query, ranking in ranked.rankings.items():
        if len(set(ranking)) != len(ranking):
            yield f"has a candidate of query {query!r} twice"
            return
        unknown = sorted(set(ranking) - one.pool)
        if unknown:
            yield f"has {unknown[0]!r} for query {query!r}, which is no candidate that was run"
            return
    # What a threshold is fitted on counts as pool in the spec and is no candidate.
    if ranked.pool > one.candidates or (ranked.pool < one.candidates and not one.mined):
        yield f"looked among {ranked.pool} candidates, the spec plans {one.candidates}"
    elif any(len(ranking) > ranked.pool for ranking in ranked.rankings.values()):
        yield f"is longer than the pool of {ranked.pool} candidates"
