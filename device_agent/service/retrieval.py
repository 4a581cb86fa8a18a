"""Accuracy mode of retrieval tasks: embed every sentence, then look the queries up.

Only the file of vectors, the ids and the gold outlive a sample, so a million candidates fit on a
board whose memory the model nearly fills.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device_agent.contract.events import Ranked, Scored
from device_agent.contract.runspec import Dataset, Variant
from device_agent.contract.samples import Gold
from device_agent.journal import Journal
from device_agent.packed import PackedSamples
from device_agent.service.arrangement import Arrangement, Side
from device_agent.service.embeddings import EmbeddingFile, Precision, choose_precision
from device_agent.service.sample_runner import SampleRunner
from device_agent.service.scores import score_language
from device_agent.store import Store
from device_agent.tasks.protocol import Embedded, RetrievalTask, Tuning


class Retrieval:
    """Runs retrieval tasks; a second start goes on where the first ended.

    Args:
        store: Has the datasets.
        journal: Takes the results.
        runner: Runs the samples.
        folder: Where vectors lie until they were looked up; this run's own.
    """

    def __init__(self, store: Store, journal: Journal, runner: SampleRunner, folder: Path) -> None:
        self._store = store
        self._journal = journal
        self._runner = runner
        self._folder = folder

    def run(self, task: RetrievalTask, variant: Variant, datasets: Sequence[Dataset]) -> None:
        """Run one variant on all of the task's datasets and score those that have queries.

        Languages share a file of vectors where they share a pool. Else each has its own and is
        scored before the next one is embedded, which takes less of the disk.

        Raises:
            CancelledError, StoppedError: Asked to end; what was measured stays.
            DeviceError: No room for the vectors, or they are damaged.
        """
        hidden_size = self._store.manifest(variant.artifacts[task.name]).hidden_size
        precision = choose_precision(sum(d.samples for d in datasets), hidden_size)
        for group in [datasets] if task.pooled else [[dataset] for dataset in datasets]:
            name = "all" if task.pooled else group[0].language
            path = self._folder / variant.name / task.name / f"{name}.vectors"
            if not self._is_done(variant, group):
                samples = {d.language: self._store.samples(d.inputs, d.gold) for d in group}
                rows = Arrangement(samples)
                begun = any(self._finished(variant, dataset) for dataset in group)
                with EmbeddingFile(path, rows.count, hidden_size, precision, begun=begun) as file:
                    for dataset in group:
                        placed = rows.place(dataset.language, samples[dataset.language])
                        self._runner.run(task, variant, dataset, placed, file)
                    vectors = _Vectors(rows, file.vectors(), precision)
                self._look_up(task, variant, group, vectors, samples)
            path.unlink(missing_ok=True)

    def _is_done(self, variant: Variant, group: Sequence[Dataset]) -> bool:
        return all(
            self._is_scored(variant, dataset)
            if dataset.queries
            else self._finished(variant, dataset) == dataset.samples
            for dataset in group
        )

    def _is_scored(self, variant: Variant, dataset: Dataset) -> bool:
        return self._journal.scored(variant.name, dataset.task, dataset.language) is not None

    def _finished(self, variant: Variant, dataset: Dataset) -> int:
        return self._journal.finished(variant.name, dataset.task, dataset.language).samples

    def _look_up(
        self,
        task: RetrievalTask,
        variant: Variant,
        group: Sequence[Dataset],
        vectors: _Vectors,
        samples: Mapping[str, PackedSamples],
    ) -> None:
        pool = vectors.of(Side.CANDIDATE, *(dataset.language for dataset in group))
        for dataset in group:
            if dataset.queries and not self._is_scored(variant, dataset):
                gold = samples[dataset.language].gold
                self._journal.append(
                    _results(task, variant, dataset, vectors, pool=pool, gold=gold)
                )


@dataclass(frozen=True)
class _Vectors:
    """The mapped vectors of some datasets, by side and language."""

    rows: Arrangement
    array: npt.NDArray[np.floating[Any]]
    precision: Precision

    def of(self, side: Side, *languages: str) -> Embedded:
        return self.rows.embedded(side, languages, self.array)


def _results(
    task: RetrievalTask,
    variant: Variant,
    dataset: Dataset,
    vectors: _Vectors,
    *,
    pool: Embedded,
    gold: Mapping[str, Gold],
) -> tuple[Ranked, Scored]:
    """Look one language's queries up and score them."""
    queries = vectors.of(Side.QUERY, dataset.language)
    tuned_on = vectors.of(Side.TUNING_QUERY, dataset.language)
    tuning = Tuning(
        queries=tuned_on,
        candidates=vectors.of(Side.TUNING_CANDIDATE, dataset.language),
        gold={i: gold[i] for i in tuned_on.ids if i in gold},
    )
    started = time.perf_counter_ns()
    found = task.retrieve(queries, pool, tuning if tuned_on.ids else None)
    rank_ns = time.perf_counter_ns() - started
    own_gold = {i: gold[i] for i in queries.ids if i in gold}
    ranked = Ranked(
        variant=variant.name,
        task=task.name,
        language=dataset.language,
        rankings=found.rankings,
        credits={
            i: task.credit(found.rankings[i], wanted, dataset.language)
            for i, wanted in own_gold.items()
            if i in found.rankings
        },
        rank_ns=rank_ns,
        pool=len(pool.ids),
        precision=vectors.precision,
        threshold=found.threshold,
        unscored=found.unscored,
    )
    scored = score_language(
        task, variant, dataset, found.rankings, own_gold, unscored=found.unscored
    )
    return ranked, scored
