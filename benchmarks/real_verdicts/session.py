"""One session: a run of three variants on a device, from submission to verdicts."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from device_agent import tasks
from device_agent.contract.events import Event
from device_agent.contract.samples import Input
from device_agent.contract.status import SignOfLife
from host.analysis.bundle import Bundle
from host.analysis.comparison import compare
from host.analysis.evidence.verify import load_verified
from host.analysis.results import RunComparison
from host.artifacts.export import export_study
from host.artifacts.plan import plan_artifacts
from host.demo.materialise import materialise
from host.inventory import Device
from host.runs.collect import collect
from host.runs.reach import reach
from host.runs.start import start_run
from host.runs.to_end import follow_to_end
from host.studies.load import load_study
from host.studies.schema import Study
from host.workspace import Workspace

TASK = "udpos"
_STUDY = """\
study: real-verdicts
question: Are verdicts right where the truth is known?
data: data
baseline: normal
control: true
modes: [performance]
tasks: [{task}]
variants:
  normal: {{regime: english, recipe: int8-dynamic, checkpoints: {{{task}: normal}}}}
  same: {{regime: english, recipe: int8-dynamic, checkpoints: {{{task}: same}}}}
  slower: {{regime: english, recipe: int8-dynamic, checkpoints: {{{task}: slower}}}}
performance: {{rounds: {rounds}, attempts: {attempts}, queries: {queries},
  turn-queries: {turn_queries}, overhead: false}}
runtime: {{threads: 1}}
"""


def make_study(
    folder: Path, *, rounds: int, queries: int, turn_queries: int
) -> tuple[Study, Workspace]:
    """Write and export the study: one checkpoint of the demo's under three names."""
    files = materialise(folder / "demo")
    shutil.copytree(files.data, folder / "data")
    for name in ("normal", "same", "slower"):
        shutil.copytree(files.checkpoints["english"][TASK], folder / name)
    path = folder / "study.yaml"
    path.write_text(
        _STUDY.format(
            task=TASK,
            rounds=rounds,
            attempts=10 * rounds,
            queries=queries,
            turn_queries=turn_queries,
        ),
        encoding="utf-8",
    )
    study = load_study(path)
    workspace = Workspace.beside(path, study.name)
    export_study(study, plan_artifacts(study, workspace))
    return study, workspace


def artifact_of(study: Study, workspace: Workspace, variant: str) -> Path:
    """Return where a variant's artifact lies."""
    return plan_artifacts(study, workspace).folders[variant][TASK]


def some_inputs(study: Study, count: int) -> list[Input]:
    """Return about so many inputs of the task, as many of each language, as the rounds have them.

    Languages differ in length, and what is added to a model weighs more in a long query.
    """
    task = tasks.get(TASK)
    files = sorted((study.data / TASK).glob("test-*.tsv"))
    read = [list(task.read(study.data, path.stem.partition("-")[2])) for path in files]
    each = max(1, count // len(read))
    return [sample.input for samples in read for sample in samples[:each]]


def run_session(study: Study, workspace: Workspace, device: Device) -> RunComparison:
    """Run the study once more, and compare."""
    started = start_run(study, workspace, device)
    follow_to_end(started.record, device, _Silence())
    with reach(device) as agent:
        folder = collect(agent, started.spec.run_id, workspace.bundle(started.spec.run_id))
    bundle: Bundle = load_verified(folder)
    return compare([bundle]).runs[0]


class _Silence:
    """A view that shows nothing."""

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        yield from events

    def alive(self, sign: SignOfLife) -> None:
        del sign

    def say(self, text: str) -> None:
        del text


@contextmanager
def neighbour(share: float) -> Iterator[None]:
    """Keep another process busy for about that share of the time, in bursts, as others would."""
    child = os.fork() if share > 0 else None
    if child == 0:
        while True:
            until_s = time.monotonic() + share
            while time.monotonic() < until_s:
                pass
            time.sleep(max(0.0, 1.0 - share))
    try:
        yield
    finally:
        if child is not None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
