"""A canary tells of an engine that works, and in words of one that does not."""

from __future__ import annotations

import signal

import pytest

from device_agent import canary


def test_an_engine_that_works_tells_version_and_providers() -> None:
    """The one that every device has."""
    found = canary.send(canary.PROGRAMS["onnxruntime"])
    assert found.version
    assert "CPUExecutionProvider" in found.providers
    assert found.reason is None


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.kill(os.getpid(), 4)", "needs a newer processor"),
        ("import os; os.kill(os.getpid(), 9)", "where memory runs out"),
        ("import no_such_engine", "No module named 'no_such_engine'"),
        ("print('hello')", "it said b'hello\\n'"),
        ("raise SystemExit(3)", "ended with status 3"),
    ],
)
def test_an_engine_that_does_not_work_is_told_why(program: str, reason: str) -> None:
    """Signals by their names and what they usually mean, exceptions by their last line."""
    found = canary.send(program)
    assert (found.version, found.providers) == ("", ())
    assert reason in str(found.reason)


def test_a_host_without_any_litert_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would bring the engine stands in the reason."""
    blocked = "import sys; sys.modules.update(ai_edge_litert=None, tflite_runtime=None)\n"
    reason = str(canary.send(blocked + canary.PROGRAMS["litert"]).reason)
    assert "ai-edge-litert: " in reason
    assert "tflite-runtime: " in reason


def test_an_unknown_signal_is_told_by_its_number() -> None:
    """Real-time signals have no names of their own."""
    number = signal.SIGRTMIN + 5
    assert f"signal {number}" in canary.death(-number, b"")
