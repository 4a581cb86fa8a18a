"""Packs the agent's own boards and sensors into one program that a bare device runs from memory.

There is one way to read a sensor, whether the agent is installed or not; nothing is written.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

OLDEST_PYTHON = (3, 8)
"""That runs it."""

# Folders, with all their files; what they import of ours must stand here too.
_PACKAGES = (
    "device_agent.boards",
    "device_agent.inspection",
    "device_agent.telemetry.sensors",
)
_PARENTS = ("device_agent", "device_agent.telemetry")
_MODULES = ("device_agent.telemetry.support",)

_FINDER = """
import importlib.abc, importlib.util, sys

class Carried(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name in SOURCES:
            return importlib.util.spec_from_loader(name, self, is_package=name in PACKAGES)
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        exec(compile(SOURCES[module.__name__], module.__name__, "exec"), module.__dict__)

sys.meta_path.insert(0, Carried())
from device_agent.inspection.report import main
main()
"""


def program() -> bytes:
    """Return the program for `python3 -IB - ROOT STATE`; it prints one marked line."""
    head = f"SOURCES = {sources()!r}\nPACKAGES = {(*_PARENTS, *_PACKAGES)!r}\n"
    return (head + _FINDER).encode("utf-8")


def sources() -> dict[str, str]:
    """Return the text of every module by its name."""
    found = dict.fromkeys(_PARENTS, "")
    for package in _PACKAGES:
        folder = _file(package).parent
        for file in sorted(folder.glob("*.py")):
            name = package if file.stem == "__init__" else f"{package}.{file.stem}"
            found[name] = file.read_text(encoding="utf-8")
    for module in _MODULES:
        found[module] = _file(module).read_text(encoding="utf-8")
    return found


def _file(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)
