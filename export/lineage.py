"""Read `training.json`, which the training leaves beside a checkpoint: how it was made."""

from __future__ import annotations

from pathlib import Path

import msgspec

from device_agent.contract.artifact import Lineage, Regime
from device_agent.contract.codec import Digest
from export.errors import ExportError

RECORD_NAME = "training.json"


class TrainingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a checkpoint's making; None where nothing says it.

    Not a contract document: the training writes more keys than an artifact needs, and people
    write this file by hand for checkpoints from elsewhere.
    """

    base_model: str | None = None
    regime: Regime | None = None
    intermediate_tasks: tuple[str, ...] | None = None
    target_task: str | None = None
    seeds: tuple[int, ...] | None = None

    def with_overrides(self, told: TrainingRecord, checkpoint: str) -> TrainingRecord:
        """Return this record with what the caller was told instead, where that is not None.

        Raises:
            ExportError: Both name a regime, and not the same: a comparison of regimes would then
                answer a question that nobody asked.
        """
        if self.regime and told.regime and self.regime != told.regime:
            raise ExportError(
                f"{checkpoint}: its {RECORD_NAME} says regime {self.regime!r}, "
                f"expected {told.regime!r}.",
                remedy=f"Name the right checkpoint or regime, or correct {RECORD_NAME}.",
            )
        fields = self.__struct_fields__
        return TrainingRecord(
            **{
                field: getattr(self, field)
                if getattr(told, field) is None
                else getattr(told, field)
                for field in fields
            }
        )

    def lineage(self, checkpoint_digest: Digest) -> Lineage:
        """Return the record as the artifact's manifest has it."""
        return Lineage(
            base_model=self.base_model,
            regime=self.regime,
            intermediate_tasks=self.intermediate_tasks or (),
            target_task=self.target_task,
            seeds=self.seeds,
            checkpoint_digest=checkpoint_digest,
        )


def read(folder: Path) -> TrainingRecord:
    """Return the checkpoint's record, empty where it has none; further keys are not ours.

    Raises:
        ExportError: The file is there, but one of our keys has another form.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        return TrainingRecord()
    try:
        return msgspec.json.decode(path.read_bytes(), type=TrainingRecord)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExportError(
            f"{path}: cannot be read: {error}.",
            remedy=f"Correct {RECORD_NAME}, or remove it if nothing is known.",
        ) from error
