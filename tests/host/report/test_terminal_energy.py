"""Energy in the terminal: mJ with their interval and their rails, or that there is no sensor."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from host.report.terminal import render_comparison
from tests.host.bundles import SMALL, with_speed
from tests.host.report.conftest import comparison_of

PLAN = replace(SMALL, watts=3.0, rounds=8)


def test_each_variant_has_its_line_and_candidates_their_verdict(tmp_path: Path) -> None:
    """Above idle, with the difference paired round by round."""
    plan = with_speed(PLAN, "multilingual-int8", 1.5)
    text = render_comparison(comparison_of(tmp_path, plan))
    assert re.search(r"energy +english-int8  \S+ mJ \(.*\), above idle, idle 4\.00 W; VDD_IN", text)
    assert re.search(r"multilingual-int8  \S+ mJ \(.*\), \+\S+ \(.*\) MORE ENERGY", text)
    assert "unsupported" not in text


def test_a_board_without_a_sensor_says_so_in_the_footing(tmp_path: Path) -> None:
    """Unsupported, not zero."""
    text = render_comparison(comparison_of(tmp_path, SMALL))
    assert "energy unsupported: no power sensor" in " ".join(text.split())
    assert "mJ" not in text
