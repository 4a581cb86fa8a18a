"""The whole loop on a virtual device: the very steps of the other commands, one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device_agent.contract.errors import RunError
from device_agent.contract.events import Event, StateChanged
from device_agent.contract.runspec import RunSpec
from host.analysis.comparison import compare
from host.analysis.evidence.verify import load_verified
from host.analysis.results import Comparison
from host.artifacts.export import StudyStep, export_study
from host.artifacts.plan import plan_artifacts
from host.demo.materialise import INTERMEDIATE_TASKS, LAYER, materialise
from host.demo.study import write_study
from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device
from host.deploy.deploy import deploy
from host.inventory import Device, Signers
from host.report.html import write_report
from host.runs.collect import collect
from host.runs.follow import follow
from host.runs.prepare import study_content
from host.runs.reach import reach
from host.runs.record import RunRecords
from host.runs.start import Started, start_run
from host.studies.load import load_study
from host.studies.schema import Study
from host.transport.connect import connect
from host.workspace import Workspace

_PATIENCE_S = 60.0
_STAGES = 6


Disturb = Callable[[VirtualDevice, Event], None]


class View(Protocol):
    """Where the demo shows what it does."""

    def stage(self, number: int, total: int, text: str) -> AbstractContextManager[None]:
        """Show that a stage has begun, and at its end how long it took."""

    def detail(self, text: str) -> None:
        """Show one line within a stage."""

    def watch(self, spec: RunSpec, device: str, events: Iterator[Event]) -> Iterator[Event]:
        """Show the run while its events pass through."""


@dataclass(frozen=True)
class DemoResult:
    """What the demo came to."""

    comparison: Comparison
    bundle: Path
    report: Path
    study_file: Path
    spec: RunSpec


def run_demo(
    folder: Path,
    view: View,
    *,
    rounds: int,
    queries: int,
    disturb: Disturb | None = None,
) -> DemoResult:
    """Export, start a device, deploy, run, collect, verify, compare, report.

    Args:
        folder: Everything is written below it; a second demo reuses what is up to date.
        view: Shows the progress.
        rounds: Valid rounds of performance mode.
        queries: Queries per round.
        disturb: Called with the device at each event; tests break things here.

    Raises:
        XtremeEdgeError: A step failed; a second demo goes on with what there is.
    """
    study = _study(folder / "study", rounds, queries)
    workspace = Workspace(folder)
    with view.stage(
        1, _STAGES, "Export to ONNX, fp32 and int8; prove each equal to its checkpoint"
    ):
        _export(study, workspace, view)
    with _virtual_device(folder / "device", view) as virtual:
        with view.stage(3, _STAGES, "Deploy the agent, the artifacts and the data over SSH"):
            _deploy(study, workspace, virtual.device, view)
        with view.stage(4, _STAGES, "Run on the device"):
            records = RunRecords(folder / "runs")
            started = start_run(study, workspace, virtual.device, records=records)
            _watch(started, virtual, view, disturb)
        stage = view.stage(5, _STAGES, "Collect the sealed bundle; verify it and score it again")
        with stage, reach(virtual.device) as agent:
            bundle = collect(agent, started.spec.run_id, workspace.bundle(started.spec.run_id))
    with view.stage(6, _STAGES, "Compare, and write the report"):
        comparison = compare([load_verified(bundle)])
        write_report(comparison, workspace.report)
    return DemoResult(comparison, bundle, workspace.report, study.path, started.spec)


def _study(folder: Path, rounds: int, queries: int) -> Study:
    folder.mkdir(parents=True, exist_ok=True)
    materialise(folder)
    return load_study(
        write_study(
            folder,
            intermediate_tasks=INTERMEDIATE_TASKS,
            layer=LAYER,
            rounds=rounds,
            queries=queries,
        )
    )


def _export(study: Study, workspace: Workspace, view: View) -> None:
    def tell(at: StudyStep) -> None:
        if at.step.action in ("done", "up-to-date"):
            view.detail(f"[{at.number}/{at.total}] {at.step.recipe}: {at.step.action}")

    export_study(study, plan_artifacts(study, workspace), progress=tell)


def _deploy(study: Study, workspace: Workspace, device: Device, view: View) -> None:
    content = study_content(study, workspace)
    with connect(device) as session:
        result = deploy(
            session,
            device,
            content.blobs,
            why="host demo",
            on_step=lambda step: view.detail(str(step)),
        )
    view.detail(
        f"{result.sent_blobs} blobs, {result.sent_bytes / 1e6:.1f} MB sent; "
        f"{result.reused_blobs} were there"
    )


def _watch(started: Started, virtual: VirtualDevice, view: View, disturb: Disturb | None) -> None:
    run_id = started.spec.run_id
    events = follow(
        lambda: reach(virtual.device),
        run_id,
        started.record.place.run(run_id) / "events.jsonl",
        patience_s=_PATIENCE_S,
        reconnecting=lambda error, wait_s: view.detail(
            f"{error.message} Again in {wait_s:.1f} s; the run goes on."
        ),
    )
    end: StateChanged | None = None
    for event in view.watch(started.spec, virtual.device.name, events):
        if isinstance(event.body, StateChanged):
            end = event.body
        if disturb is not None:
            disturb(virtual, event)
    if end is None or end.state != "finished":
        state = end.state if end else "unknown"
        raise RunError(
            f"The demo's run {state}: {end.reason if end else 'no event came'}",
            remedy=(end.remedy if end else None) or "Run `host demo` again.",
        )


@contextmanager
def _virtual_device(root: Path, view: View) -> Iterator[VirtualDevice]:
    """Start a fresh device; the last demo's is removed first, so that the deploy is a first one."""
    shutil.rmtree(root, ignore_errors=True)
    with view.stage(2, _STAGES, "Start a virtual device: an SSH server on loopback"):
        device = start_virtual_device(root)
        # The last one's went with its state folder.
        Signers().retire(device.device.name)
        view.detail(f"{device.device.address}:{device.device.port}, host key pinned")
    with device:
        yield device
