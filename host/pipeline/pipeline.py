"""The whole of a study: what `host study run` does, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from device_agent.contract.errors import RunError
from device_agent.digest import digest_bytes
from host.analysis.answer.answer import answer
from host.analysis.bundle import Bundle
from host.analysis.evidence.verify import load_runs
from host.artifacts.export import attempt_study
from host.artifacts.plan import Plan, plan_artifacts
from host.data.pack import pack_study
from host.demo.virtual_device.launch import start_virtual_device
from host.inventory import VIRTUAL, Device, Signers, announced, default_path
from host.pipeline.estimate import duration, estimate
from host.pipeline.ledger import Ledger
from host.pipeline.on_device import DeviceView, Share, run_share
from host.pipeline.scenarios import by_scenario
from host.report.answer.document import make_document
from host.report.answer.html import write_page
from host.report.answer.markdown import write_markdown
from host.runs.prepare import StudyContent, study_content
from host.runs.side_by_side import Outcome, side_by_side
from host.studies.load import load_study
from host.studies.mistakes import StudyError
from host.studies.partners import without_partner
from host.studies.schema import Study
from host.training.carry_out import carry_out
from host.training.estimate import Estimate as TrainingEstimate
from host.training.estimate import estimate as estimate_training
from host.training.estimate import require_room
from host.training.place import Place
from host.training.plan import plan_training
from host.training.sources import place_of
from host.training.work import Watcher, Work, outstanding
from host.workspace import Workspace


class DeviceViews(Protocol):
    """What shows each device's share."""

    def __getitem__(self, name: str) -> DeviceView: ...

    def stop(self) -> None:
        """Make every share end, where it may, with KeyboardInterrupt."""


class View(Protocol):
    """Shows a study's way."""

    def stage(self, text: str) -> AbstractContextManager[None]:
        """Show that a stage has begun, and at its end how long it took."""

    def say(self, text: str) -> None:
        """Show a line."""

    def training(
        self, work: Work, estimated: TrainingEstimate | None, jobs: int
    ) -> AbstractContextManager[Watcher]:
        """Return what is told how a training goes on."""

    def exporting(self, plan: Plan) -> AbstractContextManager[object]:
        """Return what is called with every step of an export."""

    def devices(self, names: Sequence[str]) -> AbstractContextManager[DeviceViews]:
        """Return what shows each device's share."""


def run_study(
    study: Study,
    workspace: Workspace,
    devices: Sequence[Device] | None,
    view: View,
    *,
    jobs: int = 1,
    dry_run: bool = False,
) -> list[Bundle]:
    """Bring a study to its answer, which is written beside its bundles; return the bundles.

    Args:
        study: With a design.
        workspace: The study's.
        devices: Where it runs; None is a virtual device of this machine.
        view: Shows the way.
        jobs: Phases of training side by side.
        dry_run: Say what it takes and end, with nothing on any device.

    Raises:
        XtremeEdgeError: A step failed, on some device at least; another call goes on from there.
    """
    if study.design is None:
        raise StudyError(
            f"{study.path}: has no `design:`, so there is no question to answer",
            remedy="Begin with `host study init NAME`, or use `host run` and `host compare`.",
        )
    for line in without_partner(study):
        view.say(line)
    if dry_run:
        _tell(study, workspace, view, jobs)
        return []
    _train(study, workspace, view, jobs)
    # What the schema asks of checkpoints could not be asked before they were there.
    study = load_study(study.path)
    studies = by_scenario(study)
    plan = plan_artifacts(study, workspace)
    _export(study, plan, view)
    content = study_content(study, workspace, view.say)
    for line in estimate(studies, plan, content.datasets).lines:
        view.say(line)
    with _devices(devices, workspace, view) as there:
        folders = _run(there, studies, content, workspace, view)
    with view.stage("Verify the bundles once more, and answer"):
        bundles = load_runs(folders)
        document = make_document(answer(bundles))
        page = write_page(document, workspace.root / "answer.html")
        write_markdown(document, workspace.root / "answer.md")
    view.say(f"answer: {page}")
    return bundles


def _tell(study: Study, workspace: Workspace, view: View, jobs: int) -> None:
    """Say what all of it takes; checkpoints need not be there."""
    work = _outstanding(study, workspace)
    if work is not None and work.pending:
        _estimate_training(work, view, jobs)
    datasets = tuple(pack_study(study, workspace.data, tell=view.say))
    for line in estimate(by_scenario(study), plan_artifacts(study, workspace), datasets).lines:
        view.say(line)


def _outstanding(study: Study, workspace: Workspace) -> Work | None:
    if study.training is None:
        return None
    place = Place(workspace.root / "training", study.training.save_every)
    return outstanding(plan_training(study), place, place_of(study.training))


def _estimate_training(work: Work, view: View, jobs: int) -> TrainingEstimate:
    found = estimate_training(work, jobs, view.say)
    view.say(
        f"{len(work.missing)} checkpoints in {len(work.pending)} phases: about "
        f"{found.updates:,} updates, {duration(found.seconds / jobs / 3600)}, "
        f"{found.disk_bytes / 1e6:,.0f} MB of disk"
    )
    return found


def _train(study: Study, workspace: Workspace, view: View, jobs: int) -> None:
    work = _outstanding(study, workspace)
    if work is None or not (work.pending or work.missing):
        return
    with view.stage("Train the checkpoints that are not there"):
        estimated = _estimate_training(work, view, jobs) if work.pending else None
        if estimated is not None:
            require_room(estimated, work.place.root)
        with view.training(work, estimated, jobs) as watcher:
            carry_out(work, watcher, jobs)


def _export(study: Study, plan: Plan, view: View) -> None:
    with view.stage("Export what is not exported, and prove it equal"):
        with view.exporting(plan) as tell:
            result = attempt_study(study, plan, progress=tell)  # type: ignore[arg-type]
        result.complete()


def _run(
    devices: Sequence[Device],
    studies: Sequence[Study],
    content: StudyContent,
    workspace: Workspace,
    view: View,
) -> list[Path]:
    names = [device.name for device in devices]
    ledger = Ledger(workspace)
    with view.stage(f"Run on {', '.join(names)}"), view.devices(names) as views:
        jobs = {
            device.name: partial(
                run_share,
                Share(device, studies, [content] * len(studies), workspace),
                ledger,
                views[device.name],
            )
            for device in devices
        }
        outcomes = side_by_side(jobs, stop=views.stop)
    return [bundle for name in names for bundle in _value(name, outcomes[name], names)]


def _value(name: str, outcome: Outcome[list[Path]], names: Sequence[str]) -> list[Path]:
    if outcome.error is not None:
        others = len(names) - 1
        note = f" The other {others} went on and are kept." if others else ""
        raise RunError(
            f"{name}: {outcome.error.message}{note}",
            remedy=outcome.error.remedy
            if "study run" in outcome.error.remedy
            else f"{outcome.error.remedy} Then `host study run` again: it goes on from there.",
        )
    return outcome.value or []


@contextmanager
def _devices(
    devices: Sequence[Device] | None, workspace: Workspace, view: View
) -> Iterator[Sequence[Device]]:
    if devices is not None:
        yield devices
        return
    root = workspace.root / "device"
    is_new = not root.is_dir()
    # A name of its own: the key that signs its bundles is pinned under it.
    place = digest_bytes(str(workspace.root.absolute()).encode())
    virtual = start_virtual_device(root, name=f"{VIRTUAL}{place[:8]}")
    if is_new:
        Signers().retire(virtual.device.name)
    view.say(f"a virtual device on {virtual.device.address}:{virtual.device.port}")
    with virtual, announced(default_path(), virtual.device):
        yield [virtual.device]
