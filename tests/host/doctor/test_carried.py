"""What is sent to a bare device carries all that it imports, in Python 3.8's language."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from host.doctor.carried import OLDEST_PYTHON, program, sources
from host.doctor.inspection import parse

# Of later versions than 3.8, by the names that are used for them.
NEWER = {"removeprefix", "removesuffix", "readlink", "is_relative_to", "pairwise", "cache"}
SOURCES = {name: text for name, text in sources().items() if text}


@pytest.mark.parametrize("name", SOURCES)
def test_each_module_is_python_3_8(name: str) -> None:
    """Its syntax, the names it uses, and annotations that are never evaluated."""
    tree = ast.parse(SOURCES[name], feature_version=OLDEST_PYTHON)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & NEWER
    strict = [word.arg for word in ast.walk(tree) if isinstance(word, ast.keyword)]
    assert "strict" not in strict
    if any(isinstance(node, (ast.FunctionDef, ast.AnnAssign)) for node in ast.walk(tree)):
        assert "from __future__ import annotations" in SOURCES[name]


@pytest.mark.parametrize("name", SOURCES)
def test_each_module_finds_what_it_imports(name: str) -> None:
    """The standard library, or what travels along."""
    for node in ast.walk(ast.parse(SOURCES[name])):
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            if node.module.startswith("device_agent"):
                wanted = {f"{node.module}.{alias.name}" for alias in node.names}
                assert node.module in sources()
                assert wanted <= sources().keys() or node.module in SOURCES
                continue
            modules = [node.module]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        assert all(module.partition(".")[0] in sys.stdlib_module_names for module in modules)


def test_the_program_runs_without_anything_of_ours(tmp_path: Path) -> None:
    """In a Python that sees no packages and writes no byte code; chatter before it is no harm."""
    done = subprocess.run(
        [sys.executable, "-ISB", "-", "/", str(tmp_path / "state")],
        input=program(),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = parse(b"Welcome to the board!\n" + done.stdout)
    assert found.architecture
    assert found.storage.used_bytes is None
    assert list(tmp_path.iterdir()) == []
