"""A device without any of the agent's dependencies gets an environment made offline."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import onnx
import pytest
from onnx import TensorProto, helper

import device_agent
from device_agent.layout import Layout
from host.deploy.deploy import deploy
from host.deploy.wheel import build_wheel
from host.deploy.wheelhouse import Target, fetch_wheelhouse
from host.inventory import Device
from host.transport.session import Session


@pytest.mark.network
@pytest.mark.slow
def test_environment_is_made_offline(
    device: Device,
    session: Session,
    layout: Layout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wheels fetched here and uv make an environment there, in which a model really runs.

    Another agent is installed beside the same dependencies, which are linked, not copied.
    """
    if os.environ.get("XTREME_EDGE_OFFLINE"):
        pytest.skip("no package index: XTREME_EDGE_OFFLINE is set")
    bare = dataclasses.replace(device, python=None)
    result = deploy(session, bare)
    assert "onnxruntime" in result.facts.runtimes
    python = layout.releases / result.release / "venv" / "bin" / "python"
    model = tmp_path / "double.onnx"
    onnx.save(doubling_model(), model)
    ran = session.run([str(python), "-I", "-c", RUN, str(model)])
    assert (ran.exit_status, ran.stdout) == (0, b"[2.0, 4.0]\n"), ran.stderr
    # Nothing is fetched a second time, and nothing sent.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert deploy(session, bare).sent_blobs == 0
    _another_agent(tmp_path, monkeypatch)
    other = deploy(session, bare)
    assert (other.sent_blobs, other.previous) == (1, result.release)
    numpy, agent = "numpy/__init__.py", "device_agent/__init__.py"
    assert _inode(layout, other.release, numpy) == _inode(layout, result.release, numpy)
    assert _inode(layout, other.release, agent) != _inode(layout, result.release, agent)


def _another_agent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next deploy bring another agent with the same dependencies."""
    copy = folder / "device_agent"
    shutil.copytree(Path(device_agent.__file__).parent, copy)
    with (copy / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("\n# another release\n")
    package = SimpleNamespace(__file__=str(copy / "__init__.py"))
    monkeypatch.setattr("host.deploy.wheel.device_agent", package)


def _inode(layout: Layout, release: str, name: str) -> int:
    (path,) = Path(layout.releases / release).glob(f"venv/lib/python3*/site-packages/{name}")
    return path.stat().st_ino


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("python", [(3, 10), (3, 11), (3, 13)])
def test_wheels_for_a_raspberry_pi_are_there(python: tuple[int, int]) -> None:
    """Each Python that boards come with has a wheelhouse for aarch64, under 80 MB."""
    if os.environ.get("XTREME_EDGE_OFFLINE"):
        pytest.skip("no package index: XTREME_EDGE_OFFLINE is set")
    wheel = build_wheel()
    house = fetch_wheelhouse(Target("aarch64", (2, 35), python), wheel.requirements)
    assert len(house.wheels) == len(wheel.requirements)
    assert sum(blob.size_bytes for blob in (*house.wheels, house.installer)) < 80e6
    assert not [blob.name for blob in house.wheels if "x86" in blob.name]


def doubling_model() -> onnx.ModelProto:
    """Return a model that doubles a vector of two."""
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
    node = helper.make_node("Add", ["x", "x"], ["y"])
    graph = helper.make_graph([node], "double", value[:1], value[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


RUN = """
import sys, numpy, onnxruntime, tokenizers, msgspec, click
session = onnxruntime.InferenceSession(sys.argv[1])
print(session.run(None, {"x": numpy.array([1, 2], dtype=numpy.float32)})[0].tolist())
"""
