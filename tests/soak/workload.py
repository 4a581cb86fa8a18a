"""The small study that is disturbed, and what it gives when nobody disturbs it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
import transformers

from device_agent import tasks
from device_agent.contract.runspec import RunSpec
from host.artifacts.export import export_study
from host.artifacts.plan import plan_artifacts
from host.deploy.content import Blob
from host.runs.prepare import make_spec, study_content
from host.studies.load import load_study
from host.workspace import Workspace
from tests.agents import LocalAgent
from tests.soak.comparison import Reference, reference
from tests.tiny import write_tiny_study

_ROUNDS = 4


@dataclass(frozen=True)
class Workload:
    """The study, its content, and what an undisturbed run of it took and gave.

    Attributes:
        study: The study file, exported, for the target `soak`.
        start_s: From the start of the agent to its first event.
        round_s: One round of performance mode, about.
        seal_s: From the first file of the bundle to its signature.
    """

    study: Path
    spec: RunSpec
    blobs: tuple[Blob, ...]
    calm: Reference
    start_s: float
    round_s: float
    seal_s: float

    def run(self, run_id: str) -> RunSpec:
        """Return its run under another id."""
        return msgspec.structs.replace(self.spec, run_id=run_id)


def prepare(root: Path, agent: LocalAgent) -> Workload:
    """Write and export the study, and run it once undisturbed."""
    # An invalid round is not repeated: a busy machine would make the campaign three times as long.
    path = write_tiny_study(root, rounds=_ROUNDS, attempts=_ROUNDS)
    text = path.read_text(encoding="utf-8").replace("target: local", "target: soak")
    path.write_text(text, encoding="utf-8")
    _enlarge(root / "checkpoints" / "second" / "xnli")
    study = load_study(path)
    workspace = Workspace.beside(path, study.name)
    export_study(study, plan_artifacts(study, workspace))
    content = study_content(study, workspace)
    spec = make_spec(study, content, run_id="calm", threads=1)
    agent.fill(content.blobs)
    agent.submit(spec)
    begin_s = time.monotonic()
    agent.start()
    agent.wait_for_events("calm", 2)
    start_s = time.monotonic() - begin_s
    folder = agent.folder("calm")
    assert agent.process is not None
    beside = folder.path / f".bundle.{agent.process.pid}"
    while not (beside.exists() or folder.is_sealed):
        time.sleep(0.002)
    seal_begin_s = time.monotonic()
    if agent.wait_for_end("calm") != "finished":
        raise AssertionError(agent.runs.status(folder))
    seal_s = time.monotonic() - seal_begin_s
    agent.stop()
    return Workload(
        study=path,
        spec=spec,
        blobs=content.blobs,
        calm=reference(agent.events("calm")),
        start_s=start_s,
        round_s=(seal_begin_s - begin_s) / (2 * _ROUNDS),
        seal_s=seal_s,
    )


def _enlarge(folder: Path) -> None:
    """Give a checkpoint the same tokenizer and 13 MB of weights: an upload to break into."""
    torch.manual_seed(3)
    config = transformers.AutoConfig.from_pretrained(folder)
    config.update(
        {
            "hidden_size": 256,
            "intermediate_size": 1024,
            "num_hidden_layers": 4,
            "id2label": dict(enumerate(tasks.get("xnli").labels)),
        }
    )
    model = transformers.AutoModelForSequenceClassification.from_config(config)
    model.save_pretrained(folder)
