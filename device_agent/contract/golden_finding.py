"""What `device-agent golden` tells of one artifact: whether it still is its checkpoint here."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Digest, Document, Identifier


class GoldenFinding(Document):
    """The golden set of one artifact, run on the device.

    Attributes:
        name: The artifact's; None where its manifest cannot be read.
        runtime: That ran it, with its version; None where none could be chosen.
        known: It passed before with this release, runtime and processor, and was not run again.
        reason: Why it did not pass; None where it did.
        remedy: What to do about it; None where it passed.
    """

    SCHEMA: ClassVar[str] = "golden/1.0"

    schema: Literal["golden/1.0"] = "golden/1.0"
    artifact: Digest
    name: Identifier | None
    runtime: str | None
    known: bool = False
    reason: str | None = None
    remedy: str | None = None
