"""Collecting from a real agent: a bundle is kept once the device's pinned key has signed it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.bundle import MANIFEST_NAME, SIGNATURE_NAME
from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.events import StateChanged
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.execution import execute
from device_agent.service.runs import RunFolder, Runs
from device_agent.signing import ensure_key
from host.agent import Agent, AgentError
from host.analysis.evidence.verify import verify_bundle
from host.analysis.seal.integrity import BundleError, read_sealed
from host.analysis.seal.signature import Trust
from host.inventory import Signers
from host.runs.collect import collect
from host.runs.unpack import unpack
from host.transport.local import LocalSession
from tests.device_agent.service.small_runs import submit
from tests.host.bundles import SMALL, make_bundle, reseal
from tests.signing import give_key, public_key, sign_bundle

Change = Callable[[Path], object]
OURS = 3
"""The number of the device's key."""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder with a launcher and a key, and a run that has ended and is sealed."""
    made = Layout(PurePosixPath(tmp_path / "state"))
    give_key(Path(made.root), OURS)
    ensure_key(made)
    release = tmp_path / "release"
    release.mkdir()
    launcher = release / "device-agent"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -m device_agent.cli "$@"\n')
    launcher.chmod(0o755)
    Path(made.current).symlink_to(release)
    ended(made, "run-1")
    return made


def ended(layout: Layout, run_id: str) -> RunFolder:
    """Submit a run, end it, and put a true bundle where the agent would seal it."""
    (folder,) = submit(Path(layout.root), run_id)
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="finished")])
    sign_bundle(make_bundle(folder.bundle, replace(SMALL, run_id=run_id)), OURS)
    return folder


@pytest.fixture
def agent(layout: Layout) -> Agent:
    return Agent(LocalSession("pi5"), layout, "pi5")


@pytest.fixture
def signers(tmp_path: Path) -> Signers:
    """The device's key is pinned."""
    made = Signers(tmp_path / "allowed_signers")
    made.pin("pi5", public_key(OURS))
    return made


def folder_of(layout: Layout) -> RunFolder:
    return Runs(layout).folder("run-1")


def test_a_signed_bundle_is_kept(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """What the device signed arrives, and says whose it is; the device keeps its copy."""
    target = collect(agent, "run-1", tmp_path / "bundle", signers)
    signed_by = verify_bundle(target, Trust(signers.all())).signed_by
    assert signed_by is not None
    assert signed_by.devices == ("pi5",)
    assert agent.bundle_key() == public_key(OURS)
    assert folder_of(layout).is_sealed


def test_the_secret_never_leaves_the_device(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """Neither bundle nor status holds the private half."""
    secret = Path(layout.signing_key).read_bytes().splitlines()[2]
    target = collect(agent, "run-1", tmp_path / "bundle", signers)
    assert all(secret not in path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert secret not in agent.status().bundle_key.encode()  # type: ignore[union-attr]


def resealed(folder: Path) -> None:
    """Change a file and seal again, but without the key."""
    signature = (folder / SIGNATURE_NAME).read_bytes()
    reseal(folder, {"facts.json": (folder / "facts.json").read_bytes() + b"\n"})
    (folder / SIGNATURE_NAME).write_bytes(signature)


def changed(folder: Path) -> None:
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b"\n")


def garbled(folder: Path) -> None:
    (folder / MANIFEST_NAME).write_bytes(b'{"files": [')


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (changed, "bytes, the manifest says"),
        (resealed, "does not fit manifest.json"),
        (garbled, "one of the two was changed after sealing"),
        (lambda folder: sign_bundle(folder, 7), "pinned for no device here"),
    ],
    ids=["tampered", "resealed", "manifest", "unknown key"],
)
def test_what_is_not_the_devices_is_not_kept(
    agent: Agent, signers: Signers, layout: Layout, change: Change, told: str
) -> None:
    """Each has its own message, and nothing stands where the bundle would."""
    target = Path(layout.root).parent / "bundle"
    change(folder_of(layout).bundle)
    with pytest.raises(BundleError, match=told):
        collect(agent, "run-1", target, signers)
    assert not target.exists()


def test_another_devices_bundle_is_not_kept(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """A key that is pinned for another device vouches for nothing here."""
    signers.pin("pi4", public_key(4))
    sign_bundle(folder_of(layout).bundle, 4)
    with pytest.raises(BundleError, match=r"is by pi4 \(.*expected pi5 \("):
        collect(agent, "run-1", tmp_path / "bundle", signers)


def test_another_runs_bundle_is_not_kept(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """A true bundle of another run is not the answer to the question."""
    other = ended(layout, "run-2")
    folder_of(layout).bundle.rename(tmp_path / "away")
    other.bundle.rename(folder_of(layout).bundle)
    with pytest.raises(ContractError, match="it is of run run-2, expected run-1"):
        collect(agent, "run-1", tmp_path / "bundle", signers)


def test_an_old_copy_stays_where_the_new_one_fails(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """A good bundle is never replaced by a bad one."""
    target = collect(agent, "run-1", tmp_path / "bundle", signers)
    changed(folder_of(layout).bundle)
    with pytest.raises(BundleError):
        collect(agent, "run-1", target, signers)
    assert verify_bundle(target, Trust(signers.all())).ok


def test_two_that_collect_one_run_at_once_both_have_it(
    agent: Agent, signers: Signers, tmp_path: Path
) -> None:
    """Neither stumbles over the other's bundle, and a whole one stands there in the end."""
    target = tmp_path / "bundles" / "run-1"
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: collect(agent, "run-1", target, signers), range(4)))
    assert done == [target] * 4
    assert verify_bundle(target, Trust(signers.all())).ok
    assert list(target.parent.iterdir()) == [target]


def test_a_bundle_is_durable_before_the_device_may_evict_its_own(
    agent: Agent, signers: Signers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file and folder of it is synced before the device hears that it was collected."""
    synced: list[tuple[int, int]] = []
    fsync = os.fsync

    def remember(handle: int) -> None:
        found = os.fstat(handle)
        synced.append((found.st_dev, found.st_ino))
        fsync(handle)

    def look(run_id: str, manifest: str) -> None:
        paths = [target.parent, target, *target.rglob("*")]
        assert {(p.stat().st_dev, p.stat().st_ino) for p in paths} <= set(synced)

    monkeypatch.setattr(os, "fsync", remember)
    monkeypatch.setattr(agent, "mark_collected", look)
    target = tmp_path / "bundle"
    collect(agent, "run-1", target, signers)


def test_a_bundle_of_before_is_signed_at_collect(
    agent: Agent, signers: Signers, layout: Layout, tmp_path: Path
) -> None:
    """What an older agent sealed unsigned is sealed anew by one that has the key."""
    (folder_of(layout).bundle / SIGNATURE_NAME).unlink()
    assert agent.status().runs[0].bundle is None
    agent.download_bundle("run-1", tmp_path / "tar", limit_bytes=1 << 20)
    unpack(tmp_path / "tar", tmp_path / "bundle")
    sealed = read_sealed(tmp_path / "bundle", Trust(signers.all()))
    assert sealed.failures == ()
    assert sealed.signed_by is not None


def test_only_who_has_the_key_seals(agent: Agent, layout: Layout, tmp_path: Path) -> None:
    """The login user of a system service waits for the agent, whose key it cannot read."""
    (folder_of(layout).bundle / SIGNATURE_NAME).unlink()
    Path(layout.signing_key).rename(tmp_path / "away")
    with pytest.raises(AgentError, match="has ended and is not sealed yet") as caught:
        collect(agent, "run-1", tmp_path / "bundle", Signers(tmp_path / "none"))
    assert "host collect run-1" in caught.value.remedy


def test_the_agent_seals_what_ended_unsealed(layout: Layout) -> None:
    """A run that ended just before a power cut is sealed at the next start."""
    from device_agent.service.queue import Queue

    folder = folder_of(layout)
    folder.bundle.rename(folder.path / "elsewhere")
    found = Queue(Runs(layout)).next()
    assert found == folder
    execute(folder, layout, threading.Event())
    assert folder.is_sealed
    assert Queue(Runs(layout)).next() is None


def test_a_run_that_cannot_be_sealed_holds_up_no_other(layout: Layout) -> None:
    """Without a key the ended one is left for later, and the one that waits is next."""
    from device_agent.service.queue import Queue, has_ended

    folder = folder_of(layout)
    folder.bundle.rename(folder.path / "elsewhere")
    Path(layout.signing_key).unlink()
    (waiting,) = submit(Path(layout.root), "run-2")
    queue = Queue(Runs(layout))
    with pytest.raises(XtremeEdgeError) as caught:
        execute(folder, layout, threading.Event())
    assert has_ended(folder)
    queue.set_aside(folder, caught.value)
    assert queue.next() == waiting
