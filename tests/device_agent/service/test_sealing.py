"""The bundle on its way to the host."""

from __future__ import annotations

import io
import tarfile
import threading
from pathlib import Path

import pytest

from device_agent.contract.errors import RunError
from device_agent.contract.events import StateChanged
from device_agent.journal import Journal
from device_agent.service.queue import state_of
from device_agent.service.runs import RunFolder
from device_agent.service.sealing import NotEndedError, seal, seal_here, write_tar
from device_agent.signing import ensure_key
from tests.agents import LocalAgent
from tests.tiny import TinyRun


@pytest.fixture
def cancelled(local_agent: LocalAgent, tiny_run: TinyRun) -> RunFolder:
    """A run that was cancelled, and sealed."""
    local_agent.submit(tiny_run.spec)
    folder = local_agent.folder(tiny_run.spec.run_id)
    ensure_key(local_agent.layout)
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="cancelled", reason="cancelled by the user")])
        seal(folder, journal, local_agent.layout)
    return folder


def test_a_run_is_not_sealed_while_it_is_taken_up_again(
    cancelled: RunFolder, local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """Who seals and who submits again wait for each other, and a queued run is never sealed."""
    again = threading.Thread(target=local_agent.submit, args=[tiny_run.spec])
    with cancelled.turn():
        again.start()
        again.join(0.5)
        assert again.is_alive()
        assert cancelled.is_sealed
    again.join(30)
    with Journal(cancelled.journal, writable=True) as journal:
        assert journal.state().state == "queued"
        with pytest.raises(NotEndedError, match="is queued"):
            seal(cancelled, journal, local_agent.layout)
    assert state_of(cancelled) == "queued"


def test_a_queued_run_that_is_sealed_goes_on_once_it_is_submitted_again(
    cancelled: RunFolder, local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """An earlier release could leave a bundle there, behind which the daemon did not see it."""
    with Journal(cancelled.journal, writable=True) as journal:
        journal.append([StateChanged(state="queued")])
    assert state_of(cancelled) is None
    local_agent.submit(tiny_run.spec)
    assert state_of(cancelled) == "queued"


def test_a_bundle_is_sent_file_by_file(tmp_path: Path) -> None:
    """The stream holds every file below the bundle under its relative name, byte for byte."""
    contents = {"manifest.json": b"{}", "gold/de.jsonl": b"x" * 100_000, "journal.jsonl": b""}
    for name, data in contents.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    stream = io.BytesIO()
    write_tar(tmp_path, stream)
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        found = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    assert found == contents


def test_why_an_ended_run_is_not_sealed_is_told(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """With a damaged key nothing is signed; once that is mended, the agent seals by itself."""
    ensure_key(local_agent.layout)
    key = Path(local_agent.layout.signing_key)
    whole = key.read_bytes()
    key.write_bytes(whole[:100])
    local_agent.submit(tiny_run.spec)
    local_agent.runs.cancel(tiny_run.spec.run_id)
    local_agent.start()
    folder = local_agent.folder(tiny_run.spec.run_id)
    local_agent.wait_until(folder.unsealed.exists, "the reason")
    (told,) = local_agent.runs.overview().unreadable
    assert told.reason.startswith("has ended and cannot be sealed: The key that signs bundles")
    with folder.read_journal() as journal, pytest.raises(RunError, match="cannot be sealed"):
        seal_here(folder, journal, local_agent.layout)
    key.write_bytes(whole)
    local_agent.stop()
    local_agent.start()
    assert local_agent.wait_for_end(tiny_run.spec.run_id) == "cancelled"
    assert local_agent.runs.overview().unreadable == ()


def test_a_torn_or_stale_note_makes_no_run_damaged(
    cancelled: RunFolder, local_agent: LocalAgent, tiny_run: TinyRun
) -> None:
    """A sealed run needs no reason, one that was submitted again has none yet."""
    cancelled.unsealed.write_bytes(b"")
    assert local_agent.runs.overview().unreadable == ()
    local_agent.submit(tiny_run.spec)
    assert not cancelled.unsealed.exists()
    cancelled.unsealed.write_bytes(b"{")
    overview = local_agent.runs.overview()
    assert [run.state for run in overview.runs] == ["queued"]
    assert overview.unreadable == ()
