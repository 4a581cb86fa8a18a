"""Formats are found by name and by path."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from host.report.formats import FORMATS, format_of


@pytest.mark.parametrize("name", FORMATS)
def test_every_writer_is_there(name: str) -> None:
    """Named as text, so that none is imported before it is used; the name must hold."""
    module, _, function = FORMATS[name].writer.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if not f.is_folder])
def test_a_files_own_name_tells_its_format(name: str) -> None:
    """What one command writes by default, --output alone writes again."""
    assert format_of(Path(FORMATS[name].output)) == name


def test_other_paths_tell_no_format() -> None:
    """A folder gets CSV; a suffix of nobody's is nobody's."""
    assert format_of(Path("tables")) == "csv"
    assert format_of(Path("report.pdf")) is None
