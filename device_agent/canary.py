"""Imports an engine in a process of its own, because some builds die of it on older processors."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

_TIMEOUT_S = 120.0
_ONNXRUNTIME = (
    "import json, onnxruntime as o; print(json.dumps([o.__version__, o.get_available_providers()]))"
)
# tflite-runtime was built for numpy 1; under numpy 2 it can be imported, and loads no model.
_LITERT = """
import importlib, json, sys
from importlib import metadata
reasons = []
for package, name in (("ai_edge_litert", "ai-edge-litert"), ("tflite_runtime", "tflite-runtime")):
    try:
        importlib.import_module(package + ".interpreter")
    except ImportError as error:
        reasons.append(name + ": " + str(error))
        continue
    if package == "tflite_runtime" and not metadata.version("numpy").startswith("1."):
        reasons.append(name + ": it needs numpy 1, found " + metadata.version("numpy"))
        continue
    print(json.dumps([name + " " + metadata.version(name), []]))
    break
else:
    sys.exit("; ".join(reasons))
"""
PROGRAMS: Mapping[str, str] = {"litert": _LITERT, "onnxruntime": _ONNXRUNTIME}
"""Of each runtime that is an engine: prints its version and its providers as JSON."""


@dataclass(frozen=True)
class Canary:
    """What became of an import.

    Attributes:
        version: "" where the engine does not work here.
        reason: Why it does not; None where it does.
    """

    version: str
    providers: tuple[str, ...]
    reason: str | None


def send(program: str) -> Canary:
    """Run a canary's program to its end, whatever end that is."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Canary("", (), str(error))
    if done.returncode != 0:
        return Canary("", (), death(done.returncode, done.stderr))
    try:
        version, providers = json.loads(done.stdout)
    except ValueError:
        return Canary("", (), f"it said {done.stdout[-100:]!r}")
    return Canary(str(version), tuple(providers), None)


def death(returncode: int, stderr: bytes) -> str:
    """Say in words how a process ended: by which signal, or with which last line."""
    if returncode < 0:
        number = -returncode
        known = {s.value: s.name for s in signal.Signals}
        told = f"the process was killed by {known.get(number, f'signal {number}')}"
        if number == signal.SIGILL:
            told += " (illegal instruction): this build needs a newer processor"
        if number == signal.SIGKILL:
            told += ", as the kernel does where memory runs out"
        return told
    lines = stderr.decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else f"the process ended with status {returncode}"
