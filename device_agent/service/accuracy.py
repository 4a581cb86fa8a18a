"""Accuracy mode: every sample once per variant, journalled in small durable batches."""

from __future__ import annotations

import shutil
from pathlib import Path

from device_agent import tasks
from device_agent.contract.runspec import Dataset, RunSpec, Variant
from device_agent.journal import Journal
from device_agent.service.interrupt import Interrupt
from device_agent.service.retrieval import Retrieval
from device_agent.service.sample_runner import SampleRunner
from device_agent.service.scores import score_language
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import RetrievalTask, Task


class AccuracyMode:
    """Runs what the journal does not have yet, so a second start goes on where the first ended.

    Args:
        spec: Says what to run.
        store: Has its datasets and artifacts.
        journal: Takes the results.
        sessions: Opens the artifacts.
        interrupt: Is asked between samples.
        vectors: Folder for embeddings until they were looked up; gone once all is scored.
    """

    def __init__(
        self,
        spec: RunSpec,
        store: Store,
        journal: Journal,
        sessions: Sessions,
        interrupt: Interrupt,
        *,
        vectors: Path,
    ) -> None:
        self._spec = spec
        self._store = store
        self._journal = journal
        self._vectors = vectors
        self._runner = SampleRunner(journal, sessions, interrupt)
        self._retrieval = Retrieval(store, journal, self._runner, vectors)

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
                if variant.control_of is not None:
                    continue
                if isinstance(task, RetrievalTask):
                    self._retrieval.run(task, variant, datasets)
                else:
                    for dataset in datasets:
                        self._run_language(task, variant, dataset)
        shutil.rmtree(self._vectors, ignore_errors=True)

    def _run_language(self, task: Task, variant: Variant, dataset: Dataset) -> None:
        key = variant.name, task.name, dataset.language
        if self._journal.scored(*key) is not None:
            return
        samples = self._store.samples(dataset.inputs, dataset.gold)
        self._runner.run(task, variant, dataset, enumerate(samples))
        predictions = self._journal.predictions(*key)
        self._journal.append([score_language(task, variant, dataset, predictions, samples.gold)])
