"""The device's facts, read from /proc, /sys and a canary import; changes nothing."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path, PurePath

from device_agent import clock, runtimes
from device_agent.boards import detect
from device_agent.contract.facts import DeviceFacts
from device_agent.telemetry.sampler import Sampler
from device_agent.telemetry.sensors import cpu_frequency
from device_agent.version import agent_version

_CANARY_TIMEOUT_S = 120.0
# In processes of their own: onnxruntime dies with SIGILL on some boards.
_ONNXRUNTIME = (
    "import json, onnxruntime as o; print(json.dumps([o.__version__, o.get_available_providers()]))"
)
# tflite-runtime was built for numpy 1; under numpy 2 it can be imported, and loads no model.
_LITERT = """
import importlib, json
from importlib import metadata
for package, name in (("ai_edge_litert", "ai-edge-litert"), ("tflite_runtime", "tflite-runtime")):
    try:
        importlib.import_module(package + ".interpreter")
    except ImportError:
        continue
    if package == "ai_edge_litert" or metadata.version("numpy").startswith("1."):
        print(json.dumps([name + " " + metadata.version(name), []]))
    break
"""
_CANARIES = {"litert": _LITERT, "onnxruntime": _ONNXRUNTIME}
_PACKAGES = (
    *("ai-edge-litert", "tflite-runtime"),
    *("numpy", "onnxruntime", "tokenizers", "msgspec", "click"),
)


def probe(state: PurePath, root: Path = Path("/")) -> DeviceFacts:
    """Return what the device is like now.

    Args:
        state: The state folder, whose file system's free space is told.
        root: "/" on a real device; tests pass a recorded tree.
    """
    engines = {name: _canary(program) for name, program in _CANARIES.items()}
    cpuinfo = _read(root / "proc/cpuinfo")
    return DeviceFacts(
        agent_version=agent_version(),
        board=detect.family(root, platform.machine()),
        model=detect.model(root),
        architecture=platform.machine(),
        kernel=platform.release(),
        libc=" ".join(platform.libc_ver()).strip() or None,
        python=platform.python_version(),
        cpu=_field(cpuinfo, "model name") or _field(cpuinfo, "Model"),
        cores=usable_cores(),
        isa_flags=tuple((_field(cpuinfo, "flags") or _field(cpuinfo, "Features") or "").split()),
        memory_bytes=_memory_bytes(root),
        page_bytes=os.sysconf("SC_PAGE_SIZE"),
        disk_free_bytes=shutil.disk_usage(_existing(Path(state))).free,
        governor=cpu_frequency.governor(root),
        max_frequency_khz=cpu_frequency.highest_khz(root),
        boot_id=clock.boot_id(),
        clock_source=_read(
            root / "sys/devices/system/clocksource/clocksource0/current_clocksource"
        ).strip()
        or None,
        runtimes={
            name: version
            for name in runtimes.names()
            if (version := engines[name][0] if name in engines else "built in")
        },
        providers=engines["onnxruntime"][1],
        packages={name: found for name in _PACKAGES if (found := _installed(name))},
        sensors=Sampler(root).support(),
    )


def _canary(program: str) -> tuple[str, tuple[str, ...]]:
    """Import a runtime in a subprocess; an empty version says that it does not work here."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            timeout=_CANARY_TIMEOUT_S,
            check=True,
        )
        version, providers = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return "", ()
    return str(version), tuple(providers)


def usable_cores() -> int:
    """Count the cores this process may use: a cpuset or affinity may leave fewer than exist."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _field(text: str, name: str) -> str | None:
    match = re.search(rf"^{re.escape(name)}\s*:\s*(.+)$", text, re.MULTILINE)
    return match.group(1).strip() if match else None


def _memory_bytes(root: Path) -> int | None:
    match = re.search(r"^MemTotal:\s+(\d+) kB", _read(root / "proc/meminfo"), re.MULTILINE)
    return int(match.group(1)) * 1024 if match else None


def _existing(path: Path) -> Path:
    """Return the nearest folder upwards that exists, to ask its file system."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
