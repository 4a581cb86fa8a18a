"""The second engine goes to a device where a study needs it, stays there, and is told otherwise."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.contract.facts import DeviceFacts
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy.content import Blob, artifact_blobs, formats_of
from host.deploy.deploy import deploy, plan_deploy
from host.deploy.environment import choose_release
from host.deploy.plan import MakeRelease
from host.deploy.wheel import AgentWheel, build_wheel
from host.deploy.wheelhouse import Target, Wheelhouse, fetch_wheelhouse
from host.inventory import Device
from host.runs.engines import require_runtimes
from host.transport.session import Session
from tests.host.deploy.test_environment import FACTS, NAMED, PI
from tests.litert_artifact import write_litert_artifact

STUDY = Path("study.yaml")
WHEEL = AgentWheel(
    Blob("a" * 64, Path("x.whl"), 1, "x.whl"),
    "1.0",
    ("click>=8.1", "numpy>=1.26"),
    {"litert": "ai-edge-litert>=2.0"},
)
needs_index = pytest.mark.skipif(
    bool(os.environ.get("XTREME_EDGE_OFFLINE")),
    reason="no package index: XTREME_EDGE_OFFLINE is set",
)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What a wheelhouse is asked for; each requirement gives one wheel."""
    asked: list[list[str]] = []

    def fetch(_: Target, requirements: list[str]) -> Wheelhouse:
        asked.append(list(requirements))
        wheels = tuple(Blob(f"{r:x<64}", Path(r), 1, f"{r}.whl") for r in requirements)
        return Wheelhouse(wheels, Blob("u" * 64, Path("uv"), 1, "uv.whl"))

    monkeypatch.setattr("host.deploy.environment.fetch_wheelhouse", fetch)
    return asked


def test_only_a_study_that_needs_the_engine_brings_it(fetched: list[list[str]]) -> None:
    """Without LiteRT artifacts a release has the base dependencies alone."""
    plain = choose_release(PI, FACTS, WHEEL, formats=frozenset({"onnx"}))
    both = choose_release(PI, FACTS, WHEEL, formats=frozenset({"onnx", "litert"}))
    assert fetched == [
        ["click>=8.1", "numpy>=1.26"],
        ["click>=8.1", "numpy>=1.26", "ai-edge-litert>=2.0"],
    ]
    assert (plain.engines, both.engines) == ((), ("ai-edge-litert",))
    assert plain.id != both.id
    assert str(MakeRelease(both)).endswith("/usr/bin/python3, and ai-edge-litert")


def test_an_engine_that_is_there_stays(fetched: list[list[str]]) -> None:
    """A deploy for another study takes nothing from the first one, and names the same release."""
    first = choose_release(PI, FACTS, WHEEL, formats=frozenset({"litert"}))
    there = dataclasses.replace(FACTS, engines=("litert",))
    assert choose_release(PI, there, WHEEL).id == first.id


@pytest.mark.parametrize("package", ["ai-edge-litert", "tflite-runtime"])
def test_a_named_interpreter_must_have_an_engine(package: str) -> None:
    """Either of the two will do; the maintained one is what is asked for."""
    formats = frozenset({"litert"})
    with pytest.raises(DeviceError, match="lacks ai-edge-litert") as caught:
        choose_release(NAMED, FACTS, WHEEL, formats=formats)
    assert "pip install ai-edge-litert" in caught.value.remedy
    has = dataclasses.replace(FACTS, packages={**FACTS.packages, package: "2"})
    assert choose_release(NAMED, has, WHEEL, formats=formats).wheelhouse is None


def test_the_agents_wheel_knows_the_requirement() -> None:
    """It is the one that the extra states, so that there is one place to change it."""
    assert build_wheel().engines["litert"].startswith("ai-edge-litert>=")


def facts_with(**changes: object) -> DeviceFacts:
    """Return a device's facts, of which only the runtimes matter."""
    return DeviceFacts(
        agent_version="1",
        board="rpi5",
        model=None,
        architecture="aarch64",
        kernel="6.6",
        libc=None,
        python="3.11.2",
        cpu=None,
        cores=4,
        isa_flags=(),
        memory_bytes=None,
        page_bytes=16384,
        disk_free_bytes=1,
        governor=None,
        max_frequency_khz=None,
        boot_id="b",
        clock_source=None,
        providers=(),
        packages={},
        sensors={},
        **{"runtimes": {"null": "built in", "onnxruntime": "1.31.1"}, **changes},  # type: ignore[arg-type]
    )


def test_a_run_that_the_release_has_no_runtime_for_is_refused() -> None:
    """Before anything is sent, with the command that brings the runtime."""
    require_runtimes(facts_with(), {"onnx"}, "pi5", STUDY)
    with pytest.raises(DeviceError, match="no runtime for format litert") as caught:
        require_runtimes(facts_with(), {"onnx", "litert"}, "pi5", STUDY)
    assert "`host deploy study.yaml --target pi5`" in caught.value.remedy


def test_a_runtime_that_is_broken_there_is_told_as_such() -> None:
    """Deploying again would not help, so that is not what the remedy says."""
    broken = facts_with(broken_runtimes={"litert": "the process was killed by SIGILL"})
    with pytest.raises(DeviceError, match="killed by SIGILL") as caught:
        require_runtimes(broken, {"litert"}, "pi5", STUDY)
    assert "host deploy" not in caught.value.remedy


@needs_index
@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("python", [(3, 10), (3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize("architecture", ["aarch64", "x86_64"])
def test_the_engine_has_wheels_for_every_board(architecture: str, python: tuple[int, int]) -> None:
    """Whatever Python and processor a board has, so that no second engine has to be shipped."""
    house = fetch_wheelhouse(
        Target(architecture, (2, 31), python), [build_wheel().engines["litert"]]
    )
    (wheel,) = house.wheels
    assert wheel.name.startswith("ai_edge_litert-")
    assert wheel.size_bytes < 25e6
    assert architecture in wheel.name


@needs_index
@pytest.mark.network
@pytest.mark.slow
def test_the_engine_is_shipped_and_runs_there(
    device: Device, session: Session, layout: Layout, tmp_path: Path
) -> None:
    """A device without anything gets it with the study's artifact, and the golden set passes.

    Beside a release without the engine it is all that is installed: the rest is linked.
    """
    blobs = artifact_blobs(write_litert_artifact(tmp_path / "sum"))
    assert formats_of(blobs) == {"litert"}
    bare = dataclasses.replace(device, python=None)
    first = deploy(session, bare)
    assert "litert" not in first.facts.runtimes
    assert "ai-edge-litert" in plan_deploy(session, bare, blobs).describe()
    told: list[str] = []
    made = deploy(session, bare, blobs, tell=told.append)
    assert made.facts.runtimes["litert"].startswith("ai-edge-litert 2.")
    assert told == ["golden set 1 of 1 passed: sum"]
    inodes = {
        path.stat().st_ino
        for release in (first.release, made.release)
        for path in Path(layout.releases / release).glob(
            "venv/lib/*/site-packages/numpy/__init__.py"
        )
    }
    assert len(inodes) == 1
    # The engine stays, and so does the release.
    again = deploy(session, bare)
    assert (again.release, again.sent_blobs) == (made.release, 0)
    wrong = artifact_blobs(write_litert_artifact(tmp_path / "wrong", wrong_by=3))
    with pytest.raises(DeviceError, match="sum: it computes something else here"):
        deploy(session, bare, wrong)
    assert Agent(session, layout, bare.name).status().serving
