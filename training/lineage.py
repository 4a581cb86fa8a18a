"""Keeps how a checkpoint was made in `training.json` beside it; every phase adds its record."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from device_agent.contract.artifact import Regime
from device_agent.contract.codec import Document, decode, encode_pretty
from export.lineage import RECORD_NAME
from training.machine import Machine
from training.precision import Precision

PhaseName = Literal["pretrain", "intermediate", "target"]
_LIBRARIES = ("torch", "transformers", "tokenizers", "accelerate")


MASKED_TEXT = "mlm"
"""The task of masked language modelling beside others."""


class PartRun(Document, omit_defaults=True):
    """One of several tasks that a phase trained together.

    Attributes:
        data_digest: Identity of the examples in their order.
    """

    task: str
    languages: tuple[str, ...]
    examples: int
    data_digest: str


class Phase(Document, omit_defaults=True):
    """One phase as it was run.

    Attributes:
        task: Several joined by `+` where they were mixed.
        languages: Of the examples, sorted.
        data_digest: Identity of the examples in their order.
        accumulation: Parts in which each update was computed.
        max_steps: The most updates that were allowed.
        random_order: Of the examples; otherwise like lengths came together, or tasks took turns.
        base_digest: Of the checkpoint that it began with.
        cap: Most items of a task in an epoch of a mix.
        masked_share: Share of the updates that were masked language modelling.
        parts: The tasks of a mix.
        machine: What it ended on; None where nothing says it.
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
    accumulation: int = 1
    max_steps: int | None = None
    random_order: bool = False
    precision: Precision = "fp32"
    base_digest: str | None = None
    cap: int | None = None
    masked_share: float = 0.0
    parts: tuple[PartRun, ...] = ()
    machine: Machine | None = None

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that it trained, but for masked text."""
        if not self.parts:
            return (self.task,)
        return tuple(part.task for part in self.parts if part.task != MASKED_TEXT)


class Training(Document):
    """The whole of `training.json`; the export reads its first five fields.

    Attributes:
        base_model: What the first recorded phase began with; a name of its own where that phase
            began with nothing.
        regime: None until the first phase after pre-training says it.
        seeds: Those of the phases, each once, in their order.
        key: Identity of the last phase and all before it, as `host train` plans them.
    """

    base_model: str
    regime: Regime | None = None
    intermediate_tasks: tuple[str, ...] = ()
    target_task: str | None = None
    seeds: tuple[int, ...] = ()
    phases: tuple[Phase, ...] = ()
    versions: dict[str, str] = msgspec.field(default_factory=dict)
    key: str | msgspec.UnsetType = msgspec.UNSET

    def after(self, phase: Phase, key: str | None = None) -> Training:
        """Return the record with one more phase; regime and tasks follow from what was run."""
        return Training(
            base_model=self.base_model,
            regime=_regime(self.regime, phase),
            intermediate_tasks=(
                (*self.intermediate_tasks, *phase.tasks)
                if phase.name == "intermediate"
                else self.intermediate_tasks
            ),
            target_task=phase.task if phase.name == "target" else self.target_task,
            seeds=tuple(dict.fromkeys((*self.seeds, phase.seed))),
            phases=(*self.phases, phase),
            versions={library: version(library) for library in _LIBRARIES},
            key=msgspec.UNSET if key is None else key,
        )


def read_training(folder: Path) -> Training:
    """Return a base's record; of a checkpoint from elsewhere only its name is known.

    Raises:
        ContractError: The record is there, but not as `write_training` left it.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        return Training(base_model=_name(folder.resolve()))
    return decode(path.read_bytes(), Training, source=str(path))


def _name(folder: Path) -> str:
    """Return what a base is called: its folder, or its name where it lies in the hub's cache."""
    cached = folder.parent.parent.name
    if folder.parent.name == "snapshots" and cached.startswith("models--"):
        return cached.removeprefix("models--").replace("--", "/")
    return folder.name


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
