"""Artifacts of any task for made bundles, with the events that say the device checked them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.events import Body, GoldenChecked, SessionOpened
from device_agent.digest import digest_bytes
from tests.host.bundle_documents import make_artifact
from tests.host.bundle_plan import VariantPlan


def make_any_artifact(variant: str, task: str) -> bytes:
    """Return the packed manifest of an int8 artifact for any task."""
    like = make_artifact(VariantPlan(variant), "xnli")
    made = msgspec.structs.replace(
        like,
        name=f"{variant}-{task}",
        head=tasks.get(task).head.name,
        labels=tasks.get(task).labels,
    )
    return codec.encode_pretty(made)


def opened(variant: str, packed: bytes) -> Iterator[Body]:
    """Yield the session of an artifact, and its golden set as well as its export found it."""
    artifact = codec.decode(packed, ArtifactManifest, source=f"artifact of {variant}")
    yield SessionOpened(
        variant=variant,
        artifact=digest_bytes(packed),
        runtime="onnxruntime",
        runtime_version="1.31.1",
        providers=("CPUExecutionProvider",),
        threads=4,
        load_ns=410_000_000,
        resident_bytes=None,
    )
    yield GoldenChecked(
        variant=variant,
        artifact=digest_bytes(packed),
        passed=True,
        tolerance=artifact.parity.tolerance,
        overall=artifact.parity.overall,
        per_language=artifact.parity.per_language,
    )
