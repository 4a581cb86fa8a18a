"""Starts a run on a device: ship what is missing, submit, remember."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from device_agent.contract import codec
from device_agent.contract.bundle import SPEC_NAME
from device_agent.contract.errors import RunError
from device_agent.contract.runspec import RunSpec
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy import present
from host.deploy.content import formats_of
from host.deploy.facts import is_served
from host.deploy.place import layout_of
from host.deploy.room import make_room, room_text
from host.deploy.ship import bytes_to_send, ship
from host.inventory import Device
from host.runs.engines import require_runtimes
from host.runs.prepare import StudyContent, make_spec, new_run_id, study_content
from host.runs.record import RunRecord, RunRecords
from host.studies.schema import Study
from host.transport.connect import connect
from host.transport.session import Session
from host.workspace import Workspace

_LOOKS = 4
_LOOK_EVERY_S = 0.7


@dataclass(frozen=True)
class Started:
    """A submitted run, and what had to be sent for it.

    Attributes:
        serving: An agent serves on the device; otherwise the run waits until one is started.
    """

    record: RunRecord
    spec: RunSpec
    sent_blobs: int
    sent_bytes: int
    serving: bool


def start_run(
    study: Study,
    workspace: Workspace,
    device: Device,
    *,
    records: RunRecords | None = None,
    progress: Callable[[int, int], None] | None = None,
    submitting: Callable[[RunRecord], None] | None = None,
    tell: Callable[[str], None] | None = None,
    content: StudyContent | None = None,
) -> Started:
    """Prepare a study's run, ship what the device lacks, and submit it.

    Args:
        study: The study; its artifacts must be exported.
        workspace: The study's workspace.
        device: Where it runs; the agent must be deployed.
        records: Where the run is remembered; None is beside the inventory.
        progress: Told the bytes sent and the bytes to send.
        submitting: Told the run just before it is submitted: from then on it may be there.
        tell: Told in words what a user should know of the data.
        content: What `study_content` has returned, for those who start several runs of a study;
            None looks it up.

    Raises:
        XtremeEdgeError: Something is missing, the device refuses, or the connection broke; a
            second call sends only what is still missing.
    """
    content = content or study_content(study, workspace, tell)
    with connect(device) as session:
        layout = layout_of(session, device)
        agent = Agent(session, layout, device.name)
        facts = agent.probe()
        if study.runtime.name != "null":
            require_runtimes(facts, formats_of(content.blobs), device.name, study.path)
        threads = device.threads or facts.cores
        run_id = new_run_id(study, device.name)
        spec = make_spec(study, content, run_id=run_id, threads=threads)
        _make_room(session, layout, device, content, tell)
        shipped = ship(session, layout, content.blobs, progress)
        folder = workspace.run(spec.run_id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SPEC_NAME).write_bytes(codec.encode_pretty(spec))
        record = RunRecord(
            run_id=spec.run_id,
            device=device.name,
            study_file=str(study.path.absolute()),
            workspace=str(workspace.root.absolute()),
        )
        # Before the submission: a run that is on a device must be findable from here.
        (records or RunRecords()).save(record)
        if submitting is not None:
            submitting(record)
        agent.submit(spec)
        serving = _is_served(session, layout)
    return Started(record, spec, shipped.sent_blobs, shipped.sent_bytes, serving)


def _make_room(
    session: Session,
    layout: Layout,
    device: Device,
    content: StudyContent,
    tell: Callable[[str], None] | None,
) -> None:
    digests = [blob.digest for blob in content.blobs]
    found = present.look(session, layout, digests)
    missing = [blob for blob in content.blobs if blob.digest not in found.whole]
    coming = bytes_to_send(missing, found)
    room = make_room(session, layout, device, coming_bytes=coming, study=digests)
    told = room_text(room)
    if told is not None and tell is not None:
        tell(told)


def _is_served(session: Session, layout: Layout) -> bool:
    """Say whether an agent serves; one that was killed is back within a second or two."""
    for _ in range(_LOOKS):
        if is_served(session, layout):
            return True
        time.sleep(_LOOK_EVERY_S)
    return False


def read_spec(record: RunRecord) -> RunSpec:
    """Return the spec of a run that was started from here.

    Raises:
        RunError: Its workspace is gone.
    """
    path = record.place.run(record.run_id) / SPEC_NAME
    if not path.is_file():
        raise RunError(
            f"{path} is gone, so run {record.run_id} cannot be shown.",
            remedy=f"`host collect {record.run_id} --output FOLDER` still fetches its bundle.",
        )
    return codec.decode(path.read_bytes(), RunSpec, source=str(path))
