"""The bundle manifest: what a sealed run consists of."""

from __future__ import annotations

from typing import ClassVar, Literal

from device_agent.contract.codec import Digest, Document, Identifier
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import RunState

MANIFEST_NAME = "manifest.json"
SEAL_NAME = "seal.json"
SIGNATURE_NAME = "manifest.json.sig"
"""The device's signature of the manifest; named as `ssh-keygen -Y sign` would name it."""
JOURNAL_NAME = "journal.jsonl"
SPEC_NAME = "spec.json"
FACTS_NAME = "facts.json"


class BundleManifest(Document):
    """Every file of the bundle but manifest, seal and signature stands in `files`.

    Attributes:
        state: How the run ended.
        reason: Why it failed or was cancelled.
        missing: What the run planned and did not do, in words; empty when complete.
        events: Number of lines in the journal; the last event has this seq.
    """

    SCHEMA: ClassVar[str] = "bundle/1.0"

    schema: Literal["bundle/1.0"] = "bundle/1.0"
    run_id: Identifier
    state: RunState
    reason: str | None
    missing: tuple[str, ...]
    events: int
    files: tuple[FileEntry, ...]


class Seal(Document):
    """The manifest's own digest, so that a change in the manifest shows too."""

    SCHEMA: ClassVar[str] = "seal/1.0"

    schema: Literal["seal/1.0"] = "seal/1.0"
    manifest: Digest
