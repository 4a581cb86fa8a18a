"""What the product does on an arm64 board, done on an emulated one: deploy, run, break, remove.

The tests tell one story on one machine, in this order. Its latency means nothing, so none is
looked at; what it computes is held against this machine with tolerances.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from device_agent.contract.events import Event, StateChanged
from device_agent.contract.runspec import RunSpec
from device_agent.digest import digest_file
from host.agent import Agent
from host.analysis.bundle import Bundle, load_bundle
from host.deploy.content import Blob
from host.deploy.ship import ship
from host.inventory import Device
from host.runs.follow import follow
from host.transport.connect import connect
from host.transport.session import ConnectionLost
from host.transport.ssh import SshSession
from tests.agents import LocalAgent, predictions
from tests.arm64.conftest import LAYOUT
from tests.devices.arm64 import Arm64Machine
from tests.host.cli.conftest import Cli

pytestmark = pytest.mark.timeout(3600)
PATIENCE_S = 900.0
LABELS_THAT_MAY_DIFFER = 0.1


@pytest.fixture(scope="module")
def collected(studies: dict[str, Future[Path]], cli: Cli, demo_study: Path) -> SimpleNamespace:
    """The demo's study, deployed, run and collected, all through the command line."""
    return run_study(cli, demo_study)


def run_study(cli: Cli, study: Path) -> SimpleNamespace:
    """Deploy, run and collect a study; return what the deploy told, and the bundle's folder."""
    done = cli("deploy", study, "--json", timeout=1200)
    assert done.code == 0, done.err
    ran = cli("run", study, "--json", timeout=1200)
    assert ran.code == 0, ran.err
    fetched = cli("collect", ran.json()["run_id"], "--json", timeout=600)
    assert fetched.code == 0, fetched.err
    return SimpleNamespace(deploy=done.json(), folder=Path(fetched.json()["bundle"]))


@pytest.fixture(scope="module")
def bundle(collected: SimpleNamespace) -> Bundle:
    """Its bundle, as the device wrote it."""
    return load_bundle(collected.folder)


def test_agent_is_a_locked_up_service(collected: SimpleNamespace, machine: Arm64Machine) -> None:
    """On arm64 too it is a system service without network, and systemd says how safe."""
    assert collected.deploy["service"] == "system"
    shown = machine.shell(
        "systemctl show xtreme-edge --property=ActiveState,UnitFileState,User,PrivateNetwork,Type"
    )
    assert set(shown.splitlines()) == {
        *("ActiveState=active", "UnitFileState=enabled", "User=xtreme-edge"),
        *("PrivateNetwork=yes", "Type=notify"),
    }
    told = json.loads(machine.shell("systemd-analyze security --json=short xtreme-edge.service"))
    assert sum(float(row["exposure"] or 0) for row in told) <= 1.5


def test_memory_limit_is_enforced(collected: SimpleNamespace, machine: Arm64Machine) -> None:
    """The kernel holds the service to its share of the memory, unlike in a container."""
    limit, total_kib = machine.shell(
        "cat /sys/fs/cgroup/system.slice/xtreme-edge.service/memory.max; "
        "sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"
    ).split()
    assert int(limit) == pytest.approx(int(total_kib) * 1024 * 0.85, rel=0.02)


def test_device_is_what_it_is(bundle: Bundle) -> None:
    """The facts in the bundle are those of an arm64 board with a working onnxruntime."""
    facts = bundle.facts
    assert (facts.architecture, facts.board, facts.cores) == ("aarch64", "generic-arm64", 2)
    assert "onnxruntime" in facts.runtimes


def test_bundle_verifies(collected: SimpleNamespace, bundle: Bundle, cli: Cli) -> None:
    """The collected bundle proves itself, and every sample counts exactly once."""
    assert cli("verify", collected.folder).code == 0
    assert bundle.finished
    found = predictions(bundle.events)
    assert len(found) == samples_of(bundle.spec)


def test_it_computes_what_this_machine_does(
    bundle: Bundle, cli: Cli, demo_study: Path, tmp_path: Path
) -> None:
    """In fp32 every prediction is the same; int8 kernels differ between processors by a little."""
    there = predictions(bundle.events)
    here = run_here(bundle.spec, demo_study, tmp_path)
    assert there.keys() == here.keys()
    differing = [key for key, prediction in there.items() if prediction != here[key]]
    assert [key for key in differing if key[0] == "fp32"] == []
    assert len(differing) <= LABELS_THAT_MAY_DIFFER * len(there)


def run_here(spec: RunSpec, study_file: Path, folder: Path) -> dict[tuple[str, ...], object]:
    """Run a spec's accuracy mode on this machine and return its predictions."""
    from host.runs.prepare import study_content
    from host.studies.load import load_study
    from host.workspace import Workspace

    study = load_study(study_file)
    content = study_content(study, Workspace.beside(study_file, study.name))
    local = LocalAgent(folder / "state")
    local.fill(content.blobs)
    local.submit(msgspec.structs.replace(spec, modes=("accuracy",), performance=None))
    local.start()
    try:
        assert local.wait_for_end(spec.run_id) == "finished"
        return dict(predictions(local.events(spec.run_id)))
    finally:
        local.stop()


def samples_of(spec: RunSpec) -> int:
    """Return how many samples accuracy mode has."""
    variants = [variant for variant in spec.variants if variant.control_of is None]
    return len(variants) * sum(dataset.samples for dataset in spec.datasets)


def long_run(spec: RunSpec, run_id: str) -> RunSpec:
    """Return the demo's run with many copies of its int8 variant, to be disturbed in its middle."""
    (int8,) = (variant for variant in spec.variants if variant.name == "int8")
    copies = tuple(msgspec.structs.replace(int8, name=f"int8-{number}") for number in range(4))
    return msgspec.structs.replace(
        spec,
        run_id=run_id,
        variants=copies,
        baseline=copies[0].name,
        modes=("accuracy",),
        performance=None,
    )


def follow_disturbed(
    device: Device, spec: RunSpec, log: Path, disturb: dict[int, Callable[[], object]]
) -> list[Event]:
    """Submit a run and follow it to its end, doing something after so many samples."""
    with connect(device) as session:
        Agent(session, LAYOUT, device.name).submit(spec)
    events: list[Event] = []
    left = dict(sorted(disturb.items()))
    for event in follow(lambda: watchful(device), spec.run_id, log, patience_s=PATIENCE_S):
        events.append(event)
        if left and len(predictions(events)) >= next(iter(left)):
            left.pop(next(iter(left)))()
    assert left == {}, "the run ended before it was disturbed"
    return events


@contextmanager
def watchful(device: Device) -> Iterator[Agent]:
    """Reach the agent over a connection that soon notices that nothing answers."""
    session = SshSession(device, alive_every_s=2, alive_within_s=20)
    try:
        yield Agent(session, LAYOUT, device.name)
    finally:
        session.close()


def check_whole(events: list[Event], spec: RunSpec, undisturbed: Bundle) -> None:
    """Every event once and in order, every sample once, and what it predicts as undisturbed."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    end = events[-1].body
    assert isinstance(end, StateChanged)
    assert end.state == "finished", end.reason
    found = predictions(events)
    assert len(found) == samples_of(spec)
    expected = predictions(undisturbed.events)
    for (variant, *key), prediction in found.items():
        assert prediction == expected[(variant.partition("-")[0], *key)]


def test_rebooted_without_power_and_without_a_cable_in_mid_run(
    machine: Arm64Machine, device: Device, bundle: Bundle, tmp_path: Path
) -> None:
    """After a reboot and a power cut it goes on by itself, and nothing told before is untold.

    Without a network it goes on too, and the stream behind the last event once that is back.
    """
    spec = long_run(bundle.spec, "disturbed")

    def pull() -> None:
        machine.pull_cable()
        threading.Timer(30, machine.plug_cable).start()

    steps = {15: machine.reboot, 40: machine.cut_power, 70: pull}
    events = follow_disturbed(device, spec, tmp_path / "events.jsonl", steps)
    check_whole(events, spec, bundle)
    assert len({event.boot_id for event in events}) == 3


def test_cable_pulled_in_mid_upload(
    machine: Arm64Machine, device: Device, collected: SimpleNamespace, tmp_path: Path
) -> None:
    """What had arrived is not sent again."""
    size_bytes = 10 << 20
    path = tmp_path / "blob"
    path.write_bytes(random.Random(1).randbytes(size_bytes))
    blob = Blob.of(digest_file(path), path)
    pulled: list[int] = []

    def pull(sent_bytes: int, _: int) -> None:
        if sent_bytes > size_bytes // 2 and not pulled:
            pulled.append(sent_bytes)
            machine.pull_cable()

    session = SshSession(device, alive_every_s=2, alive_within_s=20)
    with pytest.raises(ConnectionLost), closing(session):
        ship(session, LAYOUT, [blob], pull)
    machine.plug_cable()
    machine.wait_until_up()
    with connect(device) as again:
        shipped = ship(again, LAYOUT, [blob])
    assert shipped.sent_blobs == 1
    assert 0 < shipped.sent_bytes < size_bytes


@pytest.fixture(scope="module")
def litert(collected: SimpleNamespace, cli: Cli, litert_study: Path) -> SimpleNamespace:
    """A study in the second format, deployed as a second release, run and collected."""
    return run_study(cli, litert_study)


def test_litert_runs_too(litert: SimpleNamespace, litert_study: Path, tmp_path: Path) -> None:
    """A study in LiteRT's format brings its engine along, which computes what it does here."""
    ran = load_bundle(litert.folder)
    assert "ai-edge-litert" in ran.facts.runtimes["litert"]
    there = predictions(ran.events)
    here = run_here(ran.spec, litert_study, tmp_path)
    differing = [key for key, prediction in there.items() if prediction != here[key]]
    assert len(differing) <= LABELS_THAT_MAY_DIFFER * len(there)


def test_rollback(
    collected: SimpleNamespace, litert: SimpleNamespace, device: Device, cli: Cli
) -> None:
    """The release before the second engine comes back, and serves."""
    before = collected.deploy["release"]
    assert litert.deploy["previous"] == before != litert.deploy["release"]
    done = cli("rollback", "--target", device.name, "--json", timeout=300)
    assert done.code == 0, done.err
    with connect(device) as session:
        status = Agent(session, LAYOUT, device.name).status()
    assert (status.serving, status.release) == (True, before)


def test_undeploy_leaves_nothing(
    collected: SimpleNamespace, machine: Arm64Machine, cli: Cli
) -> None:
    """Unit, user, group and state folder are gone."""
    done = cli("undeploy", "--target", "board", "--discard", "--json", timeout=300)
    assert done.code == 0, done.err
    traces = machine.shell(
        "find / -xdev -path /proc -prune -o -name '*xtreme-edge*' -print; "
        "find /run -name '*xtreme-edge*'; "
        "grep xtreme-edge /etc/passwd /etc/group /etc/shadow /etc/gshadow; true"
    )
    assert traces == ""
