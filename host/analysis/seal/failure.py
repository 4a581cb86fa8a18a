"""One thing that is wrong with a bundle, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

COLLECT_AGAIN = (
    "Do not use this copy: run `host collect` to fetch the bundle from the device again."
)
RUN_AGAIN = "Report this run's journal, then run the study again: `host run STUDY.yaml`."


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with a bundle.

    Attributes:
        file: Path below the bundle's folder.
        message: What is wrong, found against expected.
        remedy: What to do.
        seq: The event that is wrong, where it is one.
    """

    file: str
    message: str
    remedy: str = COLLECT_AGAIN
    seq: int | None = None

    def __str__(self) -> str:
        place = self.file if self.seq is None else f"{self.file} event {self.seq}"
        return f"{place}: {self.message}"
