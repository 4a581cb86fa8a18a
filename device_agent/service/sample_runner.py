"""Runs a dataset's samples, each once, and records them in small durable batches."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt

from device_agent.contract.errors import DeviceError
from device_agent.contract.events import SampleDone
from device_agent.contract.runspec import Dataset, Variant
from device_agent.contract.samples import Prediction, Sample
from device_agent.journal import Finished, Journal
from device_agent.measure.collector import collector_off
from device_agent.measure.query import Measured, run_query
from device_agent.service.embeddings import EmbeddingFile
from device_agent.service.interrupt import Interrupt
from device_agent.service.sessions import Sessions
from device_agent.tasks.protocol import Task, fit

_FLUSH_AFTER_S = 0.25
_FLUSH_AFTER_SAMPLES = 64


class SampleRunner:
    """Goes on behind the last sample that the journal has."""

    def __init__(self, journal: Journal, sessions: Sessions, interrupt: Interrupt) -> None:
        self._journal = journal
        self._sessions = sessions
        self._interrupt = interrupt

    def run(
        self,
        task: Task,
        variant: Variant,
        dataset: Dataset,
        samples: Iterable[tuple[int, Sample]],
        embeddings: EmbeddingFile | None = None,
    ) -> None:
        """Run what has no result yet; no session is opened where nothing is left.

        Args:
            task: The dataset's.
            variant: Whose artifact runs.
            dataset: What is run.
            samples: All of its samples in order, behind the rows of their vectors.
            embeddings: Where vectors go; None for a task that has none.

        Raises:
            CancelledError, StoppedError: Asked to end; what was measured is in the journal.
            DeviceError: The journal's samples are not those of the dataset, or the disk is full.
        """
        todo = self._unfinished(variant, dataset, samples)
        first = next(todo, None)
        if first is None:
            return
        loaded = self._sessions.get(variant.name, variant.artifacts[task.name])
        head = fit(task.head, loaded.max_tokens)
        recorder = _Recorder(self._journal, embeddings)
        try:
            with collector_off():
                for row, sample in chain([first], todo):
                    self._interrupt.check()
                    measured = run_query(head, loaded, sample.input)
                    done = _sample_done(task, variant.name, dataset.language, sample, measured)
                    recorder.add(done, row, measured.result)
        finally:
            recorder.flush()

    def _unfinished(
        self, variant: Variant, dataset: Dataset, samples: Iterable[tuple[int, Sample]]
    ) -> Iterator[tuple[int, Sample]]:
        """Yield the samples behind those that are done, which are the first ones of the dataset."""
        done = self._journal.finished(variant.name, dataset.task, dataset.language)
        if done.samples == dataset.samples:
            return
        number = 0
        for number, (row, sample) in enumerate(samples, start=1):
            if number > done.samples:
                yield row, sample
            elif number == done.samples and sample.id != done.last_id:
                raise _other_samples(variant, dataset, done, f"{sample.id!r} there")
        if number < done.samples:
            raise _other_samples(variant, dataset, done, f"only {number} samples")


class _Recorder:
    """Collects finished samples and writes them together: vectors first, then the events.

    The journal's commit is what makes a sample done, so its vector must be on the disk before.
    """

    def __init__(self, journal: Journal, embeddings: EmbeddingFile | None) -> None:
        self._journal = journal
        self._embeddings = embeddings
        self._done: list[SampleDone] = []
        self._flushed_s = time.monotonic()

    def add(self, done: SampleDone, row: int, result: Prediction | npt.NDArray[np.float32]) -> None:
        """Take one sample; its vector goes to `row` where it has one."""
        if isinstance(result, np.ndarray):
            assert self._embeddings is not None
            self._embeddings.write(row, result)
        self._done.append(done)
        waited_s = time.monotonic() - self._flushed_s
        if len(self._done) >= _FLUSH_AFTER_SAMPLES or waited_s >= _FLUSH_AFTER_S:
            self.flush()

    def flush(self) -> None:
        """Make what was taken durable; what fails is forgotten, as it has no result yet."""
        done, self._done = self._done, []
        if done:
            if self._embeddings is not None:
                self._embeddings.sync()
            self._journal.append(done)
            # The collector is off while queries run; what is young is cheap to look through.
            gc.collect(1)
        self._flushed_s = time.monotonic()


def _other_samples(variant: Variant, dataset: Dataset, done: Finished, found: str) -> DeviceError:
    return DeviceError(
        f"The run is damaged: its journal ends {variant.name} {dataset.task}/{dataset.language} "
        f"after {done.samples} samples with {done.last_id!r}, the dataset has {found}.",
        remedy="Start a new run with `host run STUDY.yaml`; check the device's disk if it happens "
        "twice.",
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
