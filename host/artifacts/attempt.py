"""Do one job of a study, and return what fails as a value."""

from __future__ import annotations

from collections.abc import Mapping

from device_agent.contract.errors import XtremeEdgeError
from device_agent.os_failure import explain
from export.pipeline import attempt_checkpoint
from export.request import ExportResult, ExportStep, FailedArtifact, Progress
from host.artifacts.order import Order
from host.artifacts.plan import Job


def attempt(order: Order, progress: Progress | None = None) -> ExportResult:
    """Export one job; what fails does not keep others from being done."""
    try:
        return attempt_checkpoint(
            order.request(), progress=progress, memory_bytes=order.memory_bytes
        )
    except XtremeEdgeError as error:
        return nothing_of(order.job, error, progress)
    except OSError as error:
        return nothing_of(order.job, explain(error, "here"), progress)


def nothing_of(job: Job, error: XtremeEdgeError, progress: Progress | None = None) -> ExportResult:
    """Tell that a job failed as a whole, and return its result."""
    for recipe in job.outputs:
        if progress is not None:
            progress(ExportStep(job.checkpoint.name, "failed", recipe))
    failures = [FailedArtifact(folder, recipe, error) for recipe, folder in job.outputs.items()]
    return ExportResult(artifacts=(), notes=(), failures=tuple(failures))


def in_order(results: Mapping[int, ExportResult]) -> ExportResult:
    """Return the results of all jobs as one, in the plan's order."""
    ordered = [results[number] for number in sorted(results)]
    return ExportResult(
        artifacts=tuple(one for result in ordered for one in result.artifacts),
        notes=tuple(note for result in ordered for note in result.notes),
        failures=tuple(one for result in ordered for one in result.failures),
    )
