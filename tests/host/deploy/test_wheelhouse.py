"""A device without any of the agent's dependencies gets an environment made offline."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

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
    """Wheels fetched here and uv make an environment there, in which a model really runs."""
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
