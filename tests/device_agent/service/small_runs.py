"""Runs that have nothing to do, so that queue and daemon can be tested without any model."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from device_agent.contract import codec
from device_agent.contract.runspec import RunSpec, RuntimeOptions, Seeds
from device_agent.layout import Layout
from device_agent.service.runs import RunFolder, Runs


def small_spec(run_id: str, *, threads: int = 1) -> RunSpec:
    """Return the spec of a run that ends as soon as it begins."""
    return RunSpec(
        run_id=run_id,
        study="small",
        study_digest="0" * 64,
        baseline="a",
        margin=0.02,
        modes=("accuracy",),
        variants=(),
        datasets=(),
        performance=None,
        runtime=RuntimeOptions(name="null", threads=threads),
        seeds=Seeds(queries=1, order=2),
    )


def submit(state: Path, *names: str) -> list[RunFolder]:
    """Submit small runs in this order."""
    runs = Runs(Layout(PurePosixPath(state)))
    for name in names:
        runs.submit(codec.encode(small_spec(name)))
    return [runs.folder(name) for name in names]
