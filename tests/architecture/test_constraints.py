"""Two sets of versions, because the second format's converter holds some packages back."""

from __future__ import annotations

import re
from importlib import metadata

from tests.conftest import ROOT

HELD_BACK = {"pydantic", "pydantic-core", "typing-extensions"}
LEFT_OUT = {"typing-inspection"}
"""Needed by newer releases of pydantic alone."""


def pins(name: str) -> dict[str, str]:
    """Return version by normalised name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def test_the_two_files_differ_only_where_they_must() -> None:
    """A version that is raised in one is raised in the other."""
    main, litert = pins("constraints.txt"), pins("constraints-litert.txt")
    assert {name for name in main if litert.get(name) != main[name]} == HELD_BACK | LEFT_OUT
    assert set(main) - set(litert) == LEFT_OUT


def test_what_the_extra_asks_for_is_pinned() -> None:
    """Each of its packages, so that an install tomorrow is the one of today."""
    asked = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower()
        for line in metadata.requires("xtreme-edge") or []
        if re.search(r"extra == .litert", line)
    }
    assert asked >= {"ai-edge-litert", "ai-edge-quantizer", "litert-torch"}
    assert asked <= set(pins("constraints-litert.txt"))
