"""Where a collected bundle may stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import RunError
from host.runs.collect import collect


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path: Path) -> None:
    """Collecting into somebody's folder is refused before anything is fetched."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="no bundle"):
        collect(None, "r", tmp_path)  # type: ignore[arg-type]
    assert (tmp_path / "thesis.txt").read_text() == "mine"
