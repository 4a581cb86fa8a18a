"""Accuracy mode: every sample once per variant, journalled in small durable batches."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from device_agent import tasks
from device_agent.contract.events import Ranked, SampleDone, Scored
from device_agent.contract.runspec import Dataset, RunSpec, Variant
from device_agent.contract.samples import Gold, Sample
from device_agent.journal import Journal
from device_agent.measure.query import Measured, run_query
from device_agent.service.interrupt import Interrupt
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import Embedded, RetrievalTask, Task, fit

_FLUSH_AFTER_S = 0.25
_FLUSH_AFTER_SAMPLES = 64


class AccuracyMode:
    """Runs what the journal does not have yet, so a second start goes on where the first ended."""

    def __init__(
        self,
        spec: RunSpec,
        store: Store,
        journal: Journal,
        sessions: Sessions,
        interrupt: Interrupt,
    ) -> None:
        self._spec = spec
        self._store = store
        self._journal = journal
        self._sessions = sessions
        self._interrupt = interrupt

    def run(self) -> None:
        """Run every task, variant by variant and language by language, and score each language.

        Raises:
            CancelledError, StoppedError: Asked to end; what was measured is in the journal.
            XtremeEdgeError: An artifact or a dataset is missing or damaged.
        """
        for name in dict.fromkeys(dataset.task for dataset in self._spec.datasets):
            task = tasks.get(name)
            datasets = [d for d in self._spec.datasets if d.task == name]
            for variant in self._spec.variants:
                if variant.control_of is None:
                    for dataset in datasets:
                        self._run_language(task, variant, dataset)

    def _run_language(self, task: Task, variant: Variant, dataset: Dataset) -> None:
        if self._journal.scored(variant.name, task.name, dataset.language) is not None:
            return
        samples = self._store.samples(dataset.inputs, dataset.gold)
        done = self._journal.sample_ids(variant.name, task.name, dataset.language)
        todo = [sample for sample in samples if sample.id not in done]
        self._run_samples(task, variant, dataset, todo)
        gold = {sample.id: sample.gold for sample in samples if sample.gold is not None}
        if isinstance(task, RetrievalTask):
            self._rank(task, variant, dataset, samples, gold)
        self._score(task, variant, dataset, gold)

    def _run_samples(
        self, task: Task, variant: Variant, dataset: Dataset, samples: Sequence[Sample]
    ) -> None:
        if not samples:
            return
        loaded = self._sessions.get(variant.name, variant.artifacts[task.name])
        head = fit(task.head, loaded.max_tokens)
        batch: list[SampleDone] = []
        vectors: dict[str, npt.NDArray[np.float32]] = {}
        flushed_s = time.monotonic()
        try:
            for sample in samples:
                self._interrupt.check()
                measured = run_query(head, loaded, sample.input)
                if isinstance(measured.result, np.ndarray):
                    vectors[sample.id] = measured.result
                batch.append(_sample_done(task, variant.name, dataset.language, sample, measured))
                if (
                    len(batch) >= _FLUSH_AFTER_SAMPLES
                    or time.monotonic() - flushed_s >= _FLUSH_AFTER_S
                ):
                    self._journal.append(batch, vectors)
                    batch, vectors = [], {}
                    flushed_s = time.monotonic()
        finally:
            if batch:
                self._journal.append(batch, vectors)

    def _rank(
        self,
        task: RetrievalTask,
        variant: Variant,
        dataset: Dataset,
        samples: Sequence[Sample],
        gold: dict[str, Gold],
    ) -> None:
        if self._journal.ranked(variant.name, task.name, dataset.language) is not None:
            return
        vectors = self._journal.vectors(variant.name, task.name, dataset.language)
        queries = [s.id for s in samples if s.is_scored]
        candidates = [s.id for s in samples if not s.is_scored]
        started = time.perf_counter_ns()
        retrieved = task.retrieve(
            Embedded(queries, np.stack([vectors[i] for i in queries])),
            Embedded(candidates, np.stack([vectors[i] for i in candidates])),
            None,
        )
        rank_ns = time.perf_counter_ns() - started
        rankings = retrieved.rankings
        self._journal.append(
            [
                Ranked(
                    variant=variant.name,
                    task=task.name,
                    language=dataset.language,
                    rankings=rankings,
                    credits={
                        i: task.credit(rankings[i], gold[i], dataset.language)
                        for i in queries
                        if i in gold
                    },
                    rank_ns=rank_ns,
                    pool=len(candidates),
                    precision="float32",
                )
            ]
        )

    def _score(self, task: Task, variant: Variant, dataset: Dataset, gold: dict[str, Gold]) -> None:
        ranked = self._journal.ranked(variant.name, task.name, dataset.language)
        predictions = (
            dict(ranked.rankings)
            if ranked is not None
            else self._journal.predictions(variant.name, task.name, dataset.language)
        )
        unscored: str | None = "the data has no gold"
        metrics: dict[str, float] = {}
        if gold:
            scored = {i: p for i, p in predictions.items() if i in gold}
            score = task.score(scored, gold, dataset.language)
            metrics, unscored = score.metrics, score.unscored
        self._journal.append(
            [
                Scored(
                    variant=variant.name,
                    task=task.name,
                    language=dataset.language,
                    samples=dataset.queries,
                    available=dataset.available,
                    primary=task.primary,
                    metrics=metrics,
                    unscored=unscored,
                )
            ]
        )


def _sample_done(
    task: Task, variant: str, language: str, sample: Sample, measured: Measured
) -> SampleDone:
    prediction = None if isinstance(measured.result, np.ndarray) else measured.result
    credit = None
    if prediction is not None and sample.gold is not None:
        credit = task.credit(prediction, sample.gold, language)
    return SampleDone(
        variant=variant,
        task=task.name,
        language=language,
        sample_id=sample.id,
        prediction=prediction,
        credit=credit,
        timing=measured.timing,
    )
