"""Exports what a study needs, with the study's own samples as golden inputs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from device_agent.contract.artifact import MANIFEST_NAME
from device_agent.contract.errors import XtremeEdgeError
from device_agent.os_failure import explain
from export import footprint, room, weights
from export.errors import ExportError
from export.request import ExportResult, ExportStep
from host.artifacts.attempt import attempt, in_order, nothing_of
from host.artifacts.corpus import EvaluationData
from host.artifacts.order import Order
from host.artifacts.plan import Job, Plan
from host.artifacts.processes import Processes, Tell
from host.artifacts.schedule import Batch, Room, Work, batches
from host.studies.schema import Study

_SHARE_OF_MEMORY = 0.8
"""Of what is free; the rest is for what else begins meanwhile."""


@dataclass(frozen=True)
class StudyStep:
    """How far the export of a study is: job `number` of `total`, and what it does."""

    number: int
    total: int
    step: ExportStep


Progress = Callable[[StudyStep], None]


@dataclass(frozen=True)
class Limits:
    """What a study's export may take; None for what there is.

    Attributes:
        memory_bytes: All processes together; most of what is free.
        jobs: Processes at a time; one a core.
    """

    memory_bytes: int | None = None
    jobs: int | None = None


def export_study(study: Study, plan: Plan, *, progress: Progress | None = None) -> ExportResult:
    """Export every job of a plan; what is up to date is left alone.

    Raises:
        XtremeEdgeError: What could not be exported, all of it; the others are there.
    """
    return attempt_study(study, plan, progress=progress).complete()


def attempt_study(
    study: Study, plan: Plan, *, limits: Limits | None = None, progress: Progress | None = None
) -> ExportResult:
    """Export as `export_study` does, and return what fails beside what does not.

    Small exports go one after the other in this process; where there is enough work for several,
    they share it, and as many work at a time as memory and disk allow.

    Raises:
        ExportError: The disk is too small for what is missing.
    """

    def tell(number: int, step: ExportStep) -> None:
        if progress is not None:
            progress(StudyStep(number + 1, len(plan.jobs), step))

    results: dict[int, ExportResult] = {}
    work: list[Work] = []
    for number, job in enumerate(plan.jobs):
        try:
            work.append(_work(number, job))
        except XtremeEdgeError as error:
            results[number] = nothing_of(job, error, partial(tell, number))
        except OSError as error:
            results[number] = nothing_of(job, explain(error, "here"), partial(tell, number))
    _check_disk(plan.jobs, work)
    allowed = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="xtreme-edge-export-") as shared:
        memory_bytes = allowed.memory_bytes or room.free_memory_bytes()
        orders = {
            one.number: _order(study, one.number, plan.jobs[one.number], Path(shared), memory_bytes)
            for one in work
        }
        planned = batches(work)
        if allowed.jobs == 1 or len(planned) < 2:
            results |= {
                number: attempt(order, partial(tell, number)) for number, order in orders.items()
            }
        else:
            results |= _side_by_side(planned, orders, allowed, tell)
    return in_order(results)


def _side_by_side(
    planned: Sequence[Batch], orders: Mapping[int, Order], allowed: Limits, tell: Tell
) -> dict[int, ExportResult]:
    """Export in processes of their own, which share memory and cores."""
    folder = next(path for order in orders.values() for path in order.job.outputs.values())
    memory_bytes = allowed.memory_bytes or int(room.free_memory_bytes() * _SHARE_OF_MEMORY)
    cores = _cores()
    jobs = allowed.jobs or cores

    def there_is() -> Room:
        return Room(memory_bytes, room.free_disk_bytes(folder), jobs)

    with Processes(there_is, max(1, cores // min(jobs, len(planned))), tell) as processes:
        return processes.run(planned, orders)


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _order(study: Study, number: int, job: Job, shared: Path, memory_bytes: int) -> Order:
    wanted = {name: study.tasks[name].languages for name in job.tasks}
    data = EvaluationData(study.data, study.split, wanted)
    return Order(number=number, job=job, data=data, shared=shared, memory_bytes=memory_bytes)


def _work(number: int, job: Job) -> Work:
    """Say what a job takes; reads no more than the headers of its weights.

    Raises:
        ExportError: The checkpoint has no weights, or damaged ones.
    """
    size = weights.find(job.checkpoint).fp32_bytes
    needs = footprint.estimate(size, tuple(job.outputs), job.format, trimmed=job.trimmed)
    return Work(number, needs, size)


def _check_disk(jobs: Sequence[Job], work: Sequence[Work]) -> None:
    """Refuse a study that would fill the disk after an hour."""
    missing = [
        one
        for one in work
        if not all((path / MANIFEST_NAME).exists() for path in jobs[one.number].outputs.values())
    ]
    if not missing:
        return
    folder = next(iter(jobs[missing[0].number].outputs.values())).parent
    needed = sum(one.needs.kept_bytes for one in missing)
    free = room.free_disk_bytes(folder)
    if free < needed:
        raise ExportError(
            f"{folder}: {free / 1e6:,.0f} MB free, but the artifacts that are missing take about "
            f"{needed / 1e6:,.0f} MB.",
            remedy="Free disk space, or name a workspace on another disk with --output.",
        )
