"""Keeps how a checkpoint was made in `training.json` beside it; every phase adds its record."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from device_agent.contract.artifact import Regime
from device_agent.contract.codec import Document, decode, encode_pretty
from export.lineage import RECORD_NAME

PhaseName = Literal["pretrain", "intermediate", "target"]
_LIBRARIES = ("torch", "transformers", "tokenizers", "accelerate")


class Phase(Document):
    """One phase as it was run.

    Attributes:
        languages: Of the examples, sorted.
        data_digest: Identity of the examples in their order.
    """

    name: PhaseName
    task: str
    languages: tuple[str, ...]
    examples: int
    steps: int
    epochs: float
    learning_rate: float
    batch_size: int
    warmup_share: float
    weight_decay: float
    seed: int
    data_digest: str


class Training(Document):
    """The whole of `training.json`; the export reads its first five fields.

    Attributes:
        base_model: What the first recorded phase began with; a name of its own where that phase
            began with nothing.
        regime: None until the first phase after pre-training says it.
        seeds: Those of the phases, each once, in their order.
    """

    base_model: str
    regime: Regime | None = None
    intermediate_tasks: tuple[str, ...] = ()
    target_task: str | None = None
    seeds: tuple[int, ...] = ()
    phases: tuple[Phase, ...] = ()
    versions: dict[str, str] = msgspec.field(default_factory=dict)

    def after(self, phase: Phase) -> Training:
        """Return the record with one more phase; regime and tasks follow from what was run."""
        return Training(
            base_model=self.base_model,
            regime=_regime(self.regime, phase),
            intermediate_tasks=(
                (*self.intermediate_tasks, phase.task)
                if phase.name == "intermediate"
                else self.intermediate_tasks
            ),
            target_task=phase.task if phase.name == "target" else self.target_task,
            seeds=tuple(dict.fromkeys((*self.seeds, phase.seed))),
            phases=(*self.phases, phase),
            versions={library: version(library) for library in _LIBRARIES},
        )


def read_training(folder: Path) -> Training:
    """Return a base's record; of a checkpoint from elsewhere only its name is known.

    Raises:
        ContractError: The record is there, but not as `write_training` left it.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        return Training(base_model=folder.resolve().name)
    return decode(path.read_bytes(), Training, source=str(path))


def write_training(folder: Path, training: Training) -> None:
    """Write the record into a checkpoint's folder."""
    (folder / RECORD_NAME).write_bytes(encode_pretty(training))


def _regime(before: Regime | None, phase: Phase) -> Regime | None:
    if phase.name == "pretrain":
        return before
    if phase.name == "target":
        return before or "direct"
    english = phase.languages == ("en",) and before != "multilingual"
    return "english" if english else "multilingual"
