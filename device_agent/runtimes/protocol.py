"""What a runtime session is: the engine that runs one artifact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.runspec import RuntimeOptions
from device_agent.tasks.protocol import Outputs, Row


class Session(Protocol):
    """One loaded artifact.

    Attributes (as properties or fields):
        version: The engine's version.
        providers: Execution providers really in use, in order.
        threads: Threads for one query.
    """

    @property
    def version(self) -> str: ...
    @property
    def providers(self) -> tuple[str, ...]: ...
    @property
    def threads(self) -> int: ...

    def run(self, row: Row) -> Outputs:
        """Run one row at batch 1 and return the model's outputs by name."""

    def close(self) -> None:
        """Free the engine's memory."""


@runtime_checkable
class BatchSession(Session, Protocol):
    """A session whose model takes several rows at once."""

    def run_batch(self, rows: Sequence[Row]) -> list[Outputs]:
        """Run rows in one batch, padded to the longest, and return the outputs of each.

        What a row gets has a batch axis of 1 and no padding, as from `run`.
        """


class OpenSession(Protocol):
    """The function `open_session` of each module in this folder."""

    def __call__(
        self, folder: Path, manifest: ArtifactManifest, options: RuntimeOptions
    ) -> Session:
        """Load the artifact in `folder`.

        Raises:
            DeviceError: The engine or the provider is not there, or the model does not load.
        """
