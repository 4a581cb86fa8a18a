"""Dockerfile.arm, built for real: the agent runs in it, is healthy, and does a whole run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract import codec
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.sshsig import PublicKey
from device_agent.contract.status import AgentStatus
from device_agent.layout import Layout
from host.analysis.bundle import load_bundle
from host.analysis.evidence.verify import verify_bundle
from host.analysis.seal.signature import Trust
from host.deploy.content import Blob
from host.inventory import Signer
from host.runs.prepare import make_spec, study_content
from host.runs.unpack import unpack
from host.studies.load import load_study
from host.workspace import Workspace
from tests.agents import LocalAgent, predictions
from tests.devices.container import AgentContainer
from tests.devices.rootfs import UnavailableError

pytestmark = pytest.mark.timeout(1800)
PATIENCE_S = 300.0
AGENT = "/opt/xtreme-edge/bin/device-agent"


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentContainer]:
    """The built image; skipped, with the reason, where it cannot be built."""
    try:
        made = AgentContainer(tmp_path_factory.mktemp("containers"))
    except UnavailableError as error:
        pytest.skip(f"no arm64 image can be built here: {error}")
    yield made
    made.remove()


@pytest.fixture(scope="module")
def serving(container: AgentContainer) -> AgentContainer:
    """The container, whose daemon serves and is healthy."""
    assert not container.is_healthy()
    container.start()
    wait_for(container.is_healthy, "a healthy agent")
    return container


@pytest.fixture(scope="module")
def accuracy_run(demo_study: Path) -> tuple[RunSpec, tuple[Blob, ...]]:
    """The demo's study in accuracy mode, and its blobs."""
    study = load_study(demo_study)
    content = study_content(study, Workspace.beside(demo_study, study.name))
    spec = make_spec(study, content, run_id="in-a-container", threads=2)
    variants = tuple(variant for variant in spec.variants if variant.control_of is None)
    return (
        msgspec.structs.replace(spec, variants=variants, modes=("accuracy",), performance=None),
        content.blobs,
    )


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that happens in the container; bounded."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited too long for {what}"
        time.sleep(1)


def test_it_is_nobody_and_has_no_compiler(container: AgentContainer) -> None:
    """It runs as a user without rights, on arm64, and holds nothing that builds or installs."""
    told = container.run(["sh", "-c", "id -u; uname -m; command -v gcc cc make; true"])
    assert told.stdout.decode().split() == ["10001", "aarch64"]
    assert container.run(["/opt/xtreme-edge/bin/python", "-m", "pip"]).returncode != 0
    assert container.run(["touch", "/opt/xtreme-edge/file"]).returncode != 0


def test_it_has_a_working_engine(container: AgentContainer) -> None:
    """The agent's own probe finds onnxruntime on aarch64."""
    facts = json.loads(container.run([AGENT, "probe"]).stdout)
    assert facts["architecture"] == "aarch64"
    assert "onnxruntime" in facts["runtimes"]


def test_run_goes_in_and_its_bundle_comes_out(
    serving: AgentContainer,
    accuracy_run: tuple[RunSpec, tuple[Blob, ...]],
    tmp_path: Path,
) -> None:
    """Over the shared volume: blobs in, a run submitted, its bundle out, verified and whole."""
    spec, blobs = accuracy_run
    shared = LocalAgent(serving.volume / "state")
    shared.fill(blobs)
    for path in (shared.state, *shared.state.rglob("*")):
        os.chown(path, int(serving.config["User"]), int(serving.config["User"]))
    submitted = serving.run([AGENT, "submit"], stdin=codec.encode(spec))
    assert submitted.returncode == 0, submitted.stderr
    layout = Layout(PurePosixPath(shared.state))
    assert Path(layout.runs).stat().st_uid == int(serving.config["User"])

    def ended() -> bool:
        status = shared.runs.status(shared.folder(spec.run_id))
        return status.state in TERMINAL_STATES and status.bundle is not None

    wait_for(ended, "the end of the run")
    tar = tmp_path / "bundle.tar"
    tar.write_bytes(serving.run([AGENT, "bundle", spec.run_id]).stdout)
    unpack(tar, tmp_path / "bundle")
    told = serving.run([AGENT, "status"]).stdout
    key = codec.decode(told, AgentStatus, source="status").bundle_key
    assert key is not None
    trust = Trust((Signer("container", PublicKey.parse(key)),))
    verify_bundle(tmp_path / "bundle", trust).require()
    bundle = load_bundle(tmp_path / "bundle")
    assert bundle.finished
    planned = len(spec.variants) * sum(dataset.samples for dataset in spec.datasets)
    assert len(predictions(bundle.events)) == planned
