"""The house: who may import what, what stays light, and docs that can be false."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = {"torch", "transformers", "optimum", "paramiko", "scipy", "pydantic", "yaml", "rich"}


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after the statement."""
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_the_whole_agent_imports_without_training_or_ssh() -> None:
    """Every module of device_agent together pulls in nothing of the host's stack."""
    statement = (
        "import pkgutil, importlib, device_agent\n"
        "for m in pkgutil.walk_packages(device_agent.__path__, 'device_agent.'):\n"
        "    importlib.import_module(m.name)"
    )
    found = modules_after(statement)
    assert not found & HEAVY
    assert not found & {"host", "export", "training"}


@pytest.mark.parametrize("program", ["host.cli", "device_agent.cli"])
def test_help_imports_nothing_heavy(program: str) -> None:
    """`--help` answers without any engine, any SSH, any statistics."""
    statement = (
        f"from {program} import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    )
    assert not modules_after(statement) & (HEAVY | {"onnxruntime", "numpy", "tokenizers"})


def test_listing_plugins_imports_none_of_them() -> None:
    """Tasks, runtimes and recipes are told by their file names."""
    found = modules_after(
        "from device_agent import tasks, runtimes\nfrom export import recipes\n"
        "assert tasks.names() and runtimes.names() and recipes.names()"
    )
    assert not found & {"onnxruntime", "onnx", "numpy", "torch"}


def test_import_contracts_hold() -> None:
    """The layers and bans that pyproject.toml states."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_every_folder_of_the_architecture_is_there() -> None:
    """ARCHITECTURE.md names folders and files that exist."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(table) > 10
    home = ""
    for line in table:
        for name in re.findall(r"`([^`]+)`", line.split("|")[1]):
            first = name.partition("/")[0]
            home = first if first in (*PACKAGES, "benchmarks") else home
            path = name if name.startswith(home) else f"{home}/{name}"
            assert (ROOT / path).exists(), name


PACKAGES = ("device_agent", "export", "training", "host")


def test_the_readme_names_commands_that_exist() -> None:
    """Every `host …` line in the README starts with a command that the CLI has."""
    from host.cli import main

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"^host ([a-z]+)", text, re.MULTILINE))
    assert len(commands) > 6
    assert commands <= set(main.list_commands(None))  # type: ignore[arg-type]


def test_make_targets_of_the_readme_exist() -> None:
    """Every `make …` in the README is a target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(
        r"make ([a-z0-9-]+)", (ROOT / "README.md").read_text(encoding="utf-8")
    ):
        if target not in ("and", "it"):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
