"""The probe lists an engine only where it can be imported, with its own name and version."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

import pytest

from device_agent import canary, probe

HAS_LITERT = importlib.util.find_spec("ai_edge_litert") is not None


def test_lists_the_engines_that_are_there(tmp_path: Path) -> None:
    """LiteRT's version says which of its two distributions it is."""
    found = probe.probe(tmp_path).runtimes
    assert found["null"] == "built in"
    assert found["onnxruntime"] == metadata.version("onnxruntime")
    expected = f"ai-edge-litert {metadata.version('ai-edge-litert')}" if HAS_LITERT else None
    assert found.get("litert") == expected


def test_leaves_out_an_engine_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds end with SIGILL on older processors: the probe goes on without them."""
    fatal = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"
    monkeypatch.setattr(canary, "PROGRAMS", {"litert": fatal, "onnxruntime": fatal})
    found = probe.probe(tmp_path)
    assert "killed by SIGILL (illegal instruction)" in found.broken_runtimes["onnxruntime"]
    assert found.runtimes == {"null": "built in"}
    assert found.providers == ()
