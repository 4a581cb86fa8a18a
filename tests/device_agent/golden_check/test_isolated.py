"""Golden sets run in a process of their own, and its end is a finding about one artifact."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract import codec
from device_agent.contract.golden_finding import GoldenFinding
from device_agent.golden_check import isolated
from device_agent.golden_check.passed import Passed
from tests.agents import LocalAgent
from tests.tiny import TinyRun


@pytest.fixture
def artifacts(tiny_run: TinyRun) -> list[str]:
    """Digests of two artifacts of the tiny run."""
    return [blob.digest for blob in tiny_run.blobs if blob.manifest is not None][:2]


def findings(agent: LocalAgent, artifacts: list[str]) -> list[GoldenFinding]:
    """Have them checked."""
    return list(isolated.check_all(agent.layout, artifacts, threads=1))


@pytest.fixture
def spoil_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts some code in the place of onnxruntime, for processes that are started from now on."""

    def spoil(code: str) -> None:
        (tmp_path / "bad" / "onnxruntime").mkdir(parents=True)
        (tmp_path / "bad" / "onnxruntime" / "__init__.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "bad"))

    return spoil


def test_what_passes_is_known_the_next_time(local_agent: LocalAgent, artifacts: list[str]) -> None:
    """Each is run once, and again only when its note is lost."""
    first = findings(local_agent, artifacts)
    assert [f.artifact for f in first] == artifacts
    assert {(f.runtime, f.known, f.reason) for f in first} == {("onnxruntime", False, None)}
    assert [f.known for f in findings(local_agent, artifacts)] == [True, True]
    Path(local_agent.layout.golden / artifacts[0]).unlink()
    again = {f.artifact: f.known for f in findings(local_agent, artifacts)}
    assert again == {artifacts[0]: False, artifacts[1]: True}


def test_a_missing_artifact_hides_no_other(local_agent: LocalAgent, artifacts: list[str]) -> None:
    """It is told with the remedy, and what follows is still looked at."""
    missing, other = findings(local_agent, ["0" * 64, artifacts[0]])
    assert "is not on the device" in str(missing.reason)
    assert missing.remedy
    assert other.reason is None


def test_a_damaged_blob_is_a_finding(local_agent: LocalAgent, artifacts: list[str]) -> None:
    """What was damaged at rest is found before anything runs on it."""
    manifest = isolated.Store(local_agent.layout).manifest(artifacts[0])
    digest = next(e.digest for e in manifest.files if e.path == manifest.model_file)
    Path(local_agent.layout.blob(digest)).write_bytes(b"something else")
    (finding,) = findings(local_agent, artifacts[:1])
    assert "is damaged on the device" in str(finding.reason)


def test_an_engine_killed_by_the_processor_is_a_finding(
    local_agent: LocalAgent, artifacts: list[str], spoil_engine: Callable[[str], None]
) -> None:
    """Each artifact is told with the signal, the agent lives, and nothing counts as passed."""
    spoil_engine("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    found = findings(local_agent, artifacts)
    assert [f.artifact for f in found] == artifacts
    for finding in found:
        assert "onnxruntime cannot be imported: " in str(finding.reason)
        assert "SIGILL (illegal instruction)" in str(finding.reason)
        assert "format: litert" in str(finding.remedy)
    assert not Passed(local_agent.layout).knows(artifacts[0], "onnxruntime")


def test_a_model_that_kills_the_engine_is_a_finding(
    local_agent: LocalAgent, artifacts: list[str], spoil_engine: Callable[[str], None]
) -> None:
    """Where the import works and the run dies, the engine's import is not blamed."""
    # A canary has no arguments.
    spoil_engine(
        "import os, signal, sys\n__version__ = '1'\n"
        "def get_available_providers(): return ['CPUExecutionProvider']\n"
        "if len(sys.argv) > 1: os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    (finding,) = findings(local_agent, artifacts[:1])
    assert "running its golden set, the process was killed by SIGSEGV" in str(finding.reason)


def test_the_verb_prints_a_line_each(local_agent: LocalAgent, artifacts: list[str]) -> None:
    """What the host reads is JSON Lines; what is no digest never gets as far as the disk."""
    command = [sys.executable, "-m", "device_agent.cli", "golden"]
    state = ["--state", str(local_agent.layout.root)]
    done = subprocess.run([*command, *artifacts, *state], capture_output=True, check=True)
    told = [codec.decode(line, GoldenFinding, source="") for line in done.stdout.splitlines()]
    assert [finding.artifact for finding in told] == artifacts
    refused = subprocess.run([*command, "../x", *state], capture_output=True, check=False)
    assert refused.returncode == 2
    assert b"no SHA-256" in refused.stderr
