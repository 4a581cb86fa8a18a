"""The device's facts, read from /proc, /sys and a canary import; changes nothing."""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path, PurePath

from device_agent import canary, clock, runtimes
from device_agent.boards import detect, processor
from device_agent.contract.facts import DeviceFacts
from device_agent.distribution import installed_version
from device_agent.telemetry.sensors import cpu_frequency, firmware_limits
from device_agent.telemetry.sensors.protocol import UnsupportedError
from device_agent.telemetry.support import support
from device_agent.version import __version__

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
    engines = {name: canary.send(program) for name, program in canary.PROGRAMS.items()}
    cpuinfo = _read(root / "proc/cpuinfo")
    return DeviceFacts(
        agent_version=__version__,
        board=detect.family(root, platform.machine()),
        model=detect.model(root),
        architecture=platform.machine(),
        kernel=platform.release(),
        libc=" ".join(platform.libc_ver()).strip() or None,
        python=platform.python_version(),
        cpu=processor.name(cpuinfo),
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
            if (version := engines[name].version if name in engines else "built in")
        },
        broken_runtimes={
            name: engine.reason
            for name, engine in engines.items()
            if engine.reason is not None and runtimes.installed(name)
        },
        providers=engines["onnxruntime"].providers,
        packages={name: found for name in _PACKAGES if (found := installed_version(name))},
        sensors=support(root),
        chip=detect.chip(root),
        power_mode=detect.power_mode(root),
        platform=detect.software(root),
        limits_since_boot=_limits_since_boot(root),
    )


def _limits_since_boot(root: Path) -> tuple[str, ...]:
    try:
        return firmware_limits.since_boot(root)
    except UnsupportedError:
        return ()


def usable_cores() -> int:
    """Count the cores this process may use: a cpuset or affinity may leave fewer than exist."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
