"""A run whose variants have different formats: each artifact by its own runtime, each proved."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from device_agent.contract.events import Event, GoldenChecked, SessionOpened, StateChanged
from export import artifact_folder, formats
from host.analysis.evidence.verify import verify_bundle
from host.artifacts.export import export_study
from host.artifacts.plan import plan_artifacts
from host.runs.prepare import make_spec, study_content
from host.studies.load import load_study
from host.workspace import Workspace
from tests.agents import LocalAgent, predictions
from tests.tiny import write_tiny_study

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("litert_torch") is None,
    reason="the extra `litert`, which converts, is not installed",
)

Body = TypeVar("Body")

STUDY = """\
study: formats
question: Does a format change a prediction?
data: data
target: local
baseline: onnx
tasks: {udpos: {languages: [en, de]}}
variants:
  onnx:
    regime: english
    recipe: fp32
    checkpoints: {udpos: checkpoints/first/udpos}
  litert:
    regime: english
    recipe: fp32
    format: litert
    checkpoints: {udpos: checkpoints/first/udpos}
performance: {rounds: 2, attempts: 2, queries: 4, warmup-queries: 1}
runtime: {threads: 1}
"""


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported study; one bucket, because each takes the converter seconds."""
    root = tmp_path_factory.mktemp("formats")
    write_tiny_study(root)
    path = root / "formats.yaml"
    path.write_text(STUDY, encoding="utf-8")
    study = load_study(path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            formats.Format, "buckets", lambda known, longest: (longest,) if known.lengths else ()
        )
        export_study(study, plan_artifacts(study, Workspace.beside(path, study.name)))
    return path


def run_of(study_file: Path, state: Path) -> tuple[str, LocalAgent]:
    """Run the study to its end."""
    study = load_study(study_file)
    content = study_content(study, Workspace.beside(study_file, study.name))
    agent = LocalAgent(state)
    agent.fill(content.blobs)
    agent.submit(make_spec(study, content, run_id="formats-1", threads=1))
    agent.start()
    try:
        return agent.wait_for_end("formats-1"), agent
    finally:
        agent.stop()


def bodies(events: list[Event], kind: type[Body]) -> list[Body]:
    return [event.body for event in events if isinstance(event.body, kind)]


def largest_weights(model_file: Path) -> bytes:
    from export.flatbuffer import graphs

    (graph,) = graphs(model_file)
    constants = {n for node in graph.nodes() for n in node.inputs if graph.is_constant(n)}
    return max((graph.data_of(number) or b"" for number in constants), key=len)


def test_both_formats_run_side_by_side_and_say_the_same(study_file: Path, tmp_path: Path) -> None:
    """Each session names its runtime; fp32 predictions are equal; the bundle verifies."""
    state, agent = run_of(study_file, tmp_path / "state")
    assert state == "finished"
    events = agent.events("formats-1")
    ran = {(s.variant, s.runtime) for s in bodies(events, SessionOpened)}
    assert ran >= {("onnx", "onnxruntime"), ("litert", "litert")}
    assert {c.variant for c in bodies(events, GoldenChecked)} >= {"onnx", "litert"}
    found = predictions(events)
    ours = {key[1:]: value for key, value in found.items() if key[0] == "litert"}
    assert ours
    assert ours == {key[1:]: value for key, value in found.items() if key[0] == "onnx"}
    assert not verify_bundle(agent.folder("formats-1").bundle).failures


def test_a_tampered_artifact_ends_the_run(study_file: Path, tmp_path: Path) -> None:
    """Other weights under a manifest that fits them are found by the golden set on the device."""
    root = tmp_path / "tampered"
    shutil.copytree(study_file.parent, root)
    study = load_study(root / study_file.name)
    folder = Workspace.beside(study.path, study.name).artifacts / "litert" / "udpos"
    manifest, _ = artifact_folder.read(folder)
    model = folder / "model.tflite"
    weights = largest_weights(model)
    turned = (-np.frombuffer(weights, dtype=np.float32)).tobytes()
    model.write_bytes(model.read_bytes().replace(weights, turned))
    artifact_folder.write_manifest(
        folder, msgspec.structs.replace(manifest, files=artifact_folder.entries(folder))
    )
    state, agent = run_of(study.path, tmp_path / "state")
    assert state == "failed"
    (end,) = [s for s in bodies(agent.events("formats-1"), StateChanged) if s.state == "failed"]
    assert "computes something else on this device" in (end.reason or "")
