"""One device's share of a study: deploy, then a run for each scenario, to verified bundles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device_agent.contract.bundle import MANIFEST_NAME, BundleManifest
from device_agent.contract.codec import decode
from device_agent.contract.errors import RunError
from device_agent.contract.runspec import RunSpec, Scenario
from host.analysis.evidence.verify import verify_bundle
from host.deploy.deploy import deploy
from host.inventory import Device
from host.pipeline.ledger import Entry, Ledger, plan_digest
from host.runs.collect import collect
from host.runs.prepare import StudyContent, make_spec
from host.runs.reach import reach
from host.runs.record import RunRecord, RunRecords
from host.runs.start import read_spec, start_run
from host.runs.to_end import View as RunView
from host.runs.to_end import follow_to_end
from host.studies.schema import Study
from host.transport.connect import connect
from host.workspace import Workspace

_AGAIN = "The same `host study run` goes on where it ended."


class DeviceView(Protocol):
    """Shows one device's share."""

    def say(self, text: str) -> None:
        """Show a line."""

    def sent(self, done_bytes: int, total_bytes: int) -> None:
        """Show how far an upload is."""

    def run(self, spec: RunSpec) -> RunView:
        """Return what shows a run."""


@dataclass(frozen=True)
class Share:
    """What a device is to do.

    Attributes:
        studies: One for each scenario.
        contents: What each of them ships.
        records: Where runs are remembered; None is beside the inventory.
    """

    device: Device
    studies: Sequence[Study]
    contents: Sequence[StudyContent]
    workspace: Workspace
    records: RunRecords | None = None


def run_share(share: Share, ledger: Ledger, view: DeviceView) -> list[Path]:
    """Bring a device's runs to their end, and return their bundles.

    What was done in an earlier call is not done again: a collected bundle of the same plan counts,
    a run that was started is followed, one that failed is taken up where it ended.

    Raises:
        XtremeEdgeError: A step failed; another call goes on from there.
    """
    runner = _Runner(share, ledger, view)
    known = [
        _known(share, study, content, ledger)
        for study, content in zip(share.studies, share.contents, strict=True)
    ]
    if not all(one.bundle for one in known):
        _deploy(share, view)
    return [runner.finish(one) for one in known]


@dataclass(frozen=True)
class _Known:
    """What earlier calls have left of one scenario's run.

    Attributes:
        plan: Its identity.
        bundle: Whole and verified.
        record: Of a run that was started and has no such bundle.
    """

    study: Study
    content: StudyContent
    plan: str
    bundle: Path | None
    record: RunRecord | None

    @property
    def scenario(self) -> Scenario:
        return self.study.performance.scenario


def _known(share: Share, study: Study, content: StudyContent, ledger: Ledger) -> _Known:
    # Where the study names no threads the device's cores decide, which do not change.
    spec = make_spec(study, content, run_id="any", threads=share.device.threads or 1)
    plan = plan_digest(spec)
    run_id = ledger.find(share.device.name, study.performance.scenario, plan)
    if run_id is None:
        return _Known(study, content, plan, None, None)
    bundle = share.workspace.bundle(run_id)
    if bundle.is_dir() and verify_bundle(bundle).ok:
        # A run that has not got all of its rounds, on a busy device, is worth another one.
        whole = not _manifest(bundle).missing
        return _Known(study, content, plan, bundle if whole else None, None)
    started = {record.run_id: record for record in (share.records or RunRecords()).all()}
    return _Known(study, content, plan, None, started.get(run_id))


def _manifest(bundle: Path) -> BundleManifest:
    path = bundle / MANIFEST_NAME
    return decode(path.read_bytes(), BundleManifest, source=str(path))


class _Runner:
    """Takes one run after the other to its bundle."""

    def __init__(self, share: Share, ledger: Ledger, view: DeviceView) -> None:
        self._share = share
        self._ledger = ledger
        self._view = view

    def finish(self, known: _Known) -> Path:
        """Return the bundle of one scenario's run."""
        device = self._share.device
        earlier = self._ledger.latest(device.name, known.scenario)
        if earlier and not (known.bundle or known.record):
            self._view.say(f"{known.scenario}: another run than {earlier}, which stays as it is.")
        if known.bundle:
            self._view.say(f"{known.scenario}: {known.bundle.name} is there.")
            return known.bundle
        record = self._take_up(known.record) if known.record else self._start(known)
        follow_to_end(record, device, self._view.run(read_spec(record)), again=_AGAIN)
        with reach(device) as agent:
            bundle = collect(agent, record.run_id, self._share.workspace.bundle(record.run_id))
        self._view.say(f"{known.scenario}: {record.run_id} collected and verified.")
        if missing := _manifest(bundle).missing:
            self._view.say(
                f"{known.scenario}: not all that was planned is there: {'; '.join(missing)}. "
                "The same command makes another run."
            )
        return bundle

    def _take_up(self, record: RunRecord) -> RunRecord:
        self._view.say(f"going on with {record.run_id}.")
        with reach(self._share.device) as agent:
            agent.submit(read_spec(record))
        return record

    def _start(self, known: _Known) -> RunRecord:
        device = self._share.device

        def submitting(record: RunRecord) -> None:
            self._ledger.keep(
                Entry(
                    device=device.name,
                    scenario=known.scenario,
                    run_id=record.run_id,
                    plan=known.plan,
                )
            )

        started = start_run(
            known.study,
            self._share.workspace,
            device,
            records=self._share.records,
            progress=self._view.sent,
            submitting=submitting,
            tell=self._view.say,
            content=known.content,
        )
        if not started.serving:
            raise RunError(
                f"{device.name}: no agent serves there, so nobody takes the run up.",
                remedy=f"`host doctor --target {device.name}` says why.",
            )
        return started.record


def _deploy(share: Share, view: DeviceView) -> None:
    blobs = {blob.digest: blob for content in share.contents for blob in content.blobs}
    with connect(share.device) as session:
        result = deploy(
            session,
            share.device,
            blobs.values(),
            why=f"host study run {share.studies[0].path}",
            progress=view.sent,
            on_step=lambda step: view.say(str(step)),
            tell=view.say,
        )
    for note in result.notes:
        view.say(note)
