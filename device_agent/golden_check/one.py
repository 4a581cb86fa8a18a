"""Runs the golden set of one artifact in this process; the deploy's twin of what a run does."""

from __future__ import annotations

from device_agent import golden, runtimes
from device_agent.contract.artifact import GOLDEN_NAME, ArtifactManifest, Parity
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.golden_finding import GoldenFinding
from device_agent.contract.runspec import RuntimeOptions
from device_agent.os_failure import explain
from device_agent.store import Store


def check(store: Store, artifact: str, threads: int) -> GoldenFinding:
    """Return what became of it; an expected failure is a finding, not an error.

    Args:
        store: Has the artifact's blobs.
        artifact: Digest of its manifest.
        threads: For inference.
    """
    name = runtime = None
    try:
        manifest = store.manifest(artifact)
        name, runtime = manifest.name, runtimes.chosen(None, manifest.format)
        folder = store.artifact(artifact)
        session = runtimes.get(runtime)(folder, manifest, RuntimeOptions(threads=threads))
        try:
            overall, per_language = golden.compare(
                golden.load(folder / GOLDEN_NAME), session.run, manifest.head
            )
        finally:
            session.close()
    except (XtremeEdgeError, OSError) as error:
        told = explain(error, "on the device") if isinstance(error, OSError) else error
        return GoldenFinding(
            artifact=artifact, name=name, runtime=runtime, reason=told.message, remedy=told.remedy
        )
    tolerance = manifest.parity.tolerance
    broken = golden.broken_limits(
        Parity(tolerance=tolerance, overall=overall, per_language=per_language)
    )
    if not broken:
        return GoldenFinding(artifact=artifact, name=name, runtime=runtime)
    limits = "; ".join(f"{where}: {', '.join(each)}" for where, each in broken.items())
    return GoldenFinding(
        artifact=artifact,
        name=name,
        runtime=runtime,
        reason=f"it computes something else here than its checkpoint: {limits}",
        remedy=_remedy(manifest, session.version),
    )


def _remedy(manifest: ArtifactManifest, version: str) -> str:
    return (
        f"Use another recipe than {manifest.recipe} for this board in the study file, such as "
        f"`recipe: fp32`, or another version of {manifest.format}'s runtime than {version}."
    )
