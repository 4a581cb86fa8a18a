"""Exports in processes of their own: the same artifacts, and nothing left where one ends early."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from export.footprint import Footprint
from export.request import ExportStep
from host.artifacts.corpus import EvaluationData
from host.artifacts.locate import locate_artifacts
from host.artifacts.order import Order
from host.artifacts.plan import plan_artifacts
from host.artifacts.processes import Processes
from host.artifacts.schedule import Batch, Room, Work
from host.studies.load import load_study
from host.workspace import Workspace

pytestmark = pytest.mark.slow

_GB = 1_000_000_000
_NEEDS = Footprint(_GB, 1, 1)
_Tell = Callable[[int, ExportStep], None]


@pytest.fixture
def orders(tiny_study: Path, tmp_path: Path) -> dict[int, Order]:
    """The first two jobs of the tiny study, into a workspace of their own."""
    study = load_study(tiny_study)
    jobs = plan_artifacts(study, Workspace(tmp_path / "work")).jobs[:2]
    return {
        number: Order(
            number,
            job,
            EvaluationData(study.data, study.split, dict.fromkeys(job.tasks)),
            tmp_path / "shared",
            4 * _GB,
        )
        for number, job in enumerate(jobs)
    }


def batch(*numbers: int) -> Batch:
    return Batch(tuple(Work(number, _NEEDS, 1) for number in numbers))


def processes(tell: _Tell) -> Processes:
    return Processes(lambda: Room(4 * _GB, 4 * _GB, 2), 1, tell)


def test_two_processes_make_the_same_artifacts_as_this_one(
    tiny_study: Path, orders: dict[int, Order]
) -> None:
    """Digest for digest; every step of both is told."""
    steps: list[tuple[int, str]] = []
    with processes(lambda number, step: steps.append((number, step.action))) as working:
        found = working.run([batch(0), batch(1)], orders)
    assert {(0, "load"), (1, "load"), (0, "done"), (1, "done")} <= set(steps)
    study = load_study(tiny_study)
    here = locate_artifacts(
        plan_artifacts(study, Workspace.beside(tiny_study, study.name)), tiny_study
    )
    expected = {one.manifest.name: one.digest for one in here["first"].values()}
    for number, result in found.items():
        (artifact,) = result.artifacts
        assert artifact.folder == next(iter(orders[number].job.outputs.values()))
        assert artifact.digest == expected[artifact.manifest.name]


def test_an_interruption_ends_every_process_and_leaves_no_half_artifact(
    orders: dict[int, Order], tmp_path: Path
) -> None:
    """As Ctrl-C does, in the middle of the work."""
    numbers: list[int] = []

    def interrupt(_number: int, step: ExportStep) -> None:
        if step.action == "load":
            numbers.extend(worker.process.pid for worker in working._workers)
            raise KeyboardInterrupt

    working = processes(interrupt)
    with pytest.raises(KeyboardInterrupt), working:
        working.run([batch(0), batch(1)], orders)
    assert len(numbers) == 2
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)
    assert [path for path in (tmp_path / "work").rglob("*") if path.is_file()] == []
    assert list((tmp_path / "work").rglob(".*")) == []


def test_a_process_that_is_killed_costs_one_job(orders: dict[int, Order], tmp_path: Path) -> None:
    """As systems kill where memory runs out; what it had not begun another process does."""
    seen: list[str] = []

    def tell(number: int, step: ExportStep) -> None:
        seen.append(step.action)
        if (number, step.action) == (0, "load"):
            os.kill(working._workers[0].process.pid, signal.SIGKILL)

    with processes(tell) as working:
        found = working.run([batch(0, 1)], orders)
    (failure,) = found[0].failures
    assert "was killed" in failure.error.message
    assert "1.0 GB were expected" in failure.error.message
    assert "--jobs 1" in failure.error.remedy
    assert "failed" in seen
    assert len(found[1].artifacts) == 1
    assert list((tmp_path / "work").rglob(".*")) == []
