"""Runs golden sets in a process of its own: an engine may die of an instruction, or of memory.

Its death is a finding about one artifact, and the others are still looked at.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from device_agent import canary, runtimes
from device_agent.contract import codec
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.golden_finding import GoldenFinding
from device_agent.golden_check import one
from device_agent.golden_check.passed import Passed
from device_agent.layout import Layout
from device_agent.store import Store

LIMIT_S = 1800
"""For one artifact; a board takes seconds, an emulated one minutes."""
_CHILD = """
import sys
from device_agent.golden_check.isolated import run_all
run_all(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
"""


def check_all(layout: Layout, artifacts: Sequence[str], threads: int) -> Iterator[GoldenFinding]:
    """Yield a finding for every artifact as soon as there is one; those known to pass come first.

    Args:
        layout: The state folder that has their blobs.
        artifacts: Digests of their manifests.
        threads: For inference.
    """
    store, passed = Store(layout), Passed(layout)
    wanted = []
    for artifact in dict.fromkeys(artifacts):
        known = _known(store, passed, artifact)
        if known is None:
            wanted.append(artifact)
        else:
            yield known
    while wanted:
        for finding in _child(layout, wanted, threads):
            if finding.reason is None and finding.runtime is not None:
                passed.remember(finding.artifact, finding.runtime)
            wanted.remove(finding.artifact)
            yield finding


def run_all(root: str, threads: int, artifacts: Sequence[str]) -> None:
    """Print a finding for every artifact: what the child does."""
    store = Store(Layout(PurePosixPath(root)))
    for artifact in artifacts:
        # Who does not end is killed by it, and the parent sees by what.
        signal.alarm(LIMIT_S)
        finding = one.check(store, artifact, threads)
        sys.stdout.buffer.write(codec.encode(finding) + b"\n")
        sys.stdout.buffer.flush()


def _known(store: Store, passed: Passed, artifact: str) -> GoldenFinding | None:
    try:
        manifest = store.manifest(artifact)
    except XtremeEdgeError:
        return None  # to be told by the child, as any other failure
    runtime = runtimes.chosen(None, manifest.format)
    if not passed.knows(artifact, runtime):
        return None
    return GoldenFinding(artifact=artifact, name=manifest.name, runtime=runtime, known=True)


def _child(layout: Layout, wanted: Sequence[str], threads: int) -> Iterator[GoldenFinding]:
    """Yield what a child finds, and where it dies, what it died of."""
    command = [sys.executable, "-c", _CHILD, str(layout.root), str(threads), *wanted]
    left = list(wanted)
    with tempfile.TemporaryFile() as stderr:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as child:
            assert child.stdout is not None
            for line in child.stdout:
                finding = codec.decode(line, GoldenFinding, source="golden set")
                left.remove(finding.artifact)
                yield finding
        if left:
            stderr.seek(0)
            yield _death(Store(layout), left[0], child.returncode, stderr.read())


def _death(store: Store, artifact: str, returncode: int, stderr: bytes) -> GoldenFinding:
    """Tell where the child ended, and of what; a canary says whether the engine is at fault."""
    manifest = store.manifest(artifact)
    runtime = runtimes.chosen(None, manifest.format)
    found = canary.send(canary.PROGRAMS[runtime])
    if found.reason is not None:
        reason = f"{runtime} cannot be imported: {found.reason}"
        other = "onnx" if manifest.format == "litert" else "litert"
        remedy = (
            f"Use `format: {other}` in the study file, or name with `python` in the device's entry "
            f"an interpreter with a build of {runtime} that runs on this processor."
        )
    elif returncode == -signal.SIGALRM:
        reason = f"its golden set did not end within {LIMIT_S} s"
        remedy = "Look at what else runs on the device (`top`), then deploy again."
    else:
        reason = f"running its golden set, {canary.death(returncode, stderr)}"
        remedy = (
            f"Try it on the device: `device-agent golden {artifact[:12]}…`; use a smaller model or "
            "another recipe where memory runs out."
        )
    return GoldenFinding(
        artifact=artifact, name=manifest.name, runtime=runtime, reason=reason, remedy=remedy
    )
