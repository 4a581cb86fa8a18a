"""The verdict fits one terminal screen, with or without colour."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.results import Comparison
from host.report.terminal import print_comparison, render_comparison
from tests.host.bundle_plan import all_cells
from tests.host.bundles import SMALL, VARIANTS, with_speed
from tests.host.report.conftest import PLAN, comparison_of


def fits(text: str, width: int = 100, lines: int = 24) -> bool:
    rows = text.splitlines()
    return len(rows) <= lines and all(len(row) <= width for row in rows)


def test_the_verdict_comes_first_and_everything_fits(comparison: Comparison) -> None:
    """24 lines of 100 columns hold the sentence, the variants and the tasks."""
    text = render_comparison(comparison)
    assert fits(text)
    flat = " ".join(text.split())
    assert comparison.headline in flat
    assert flat.index(comparison.headline) < flat.index("p50 ms")
    for name in ("english-fp32", "tatoeba", "noise floor", "12 of 13 rounds valid"):
        assert name in text


def test_a_narrow_terminal_loses_columns_not_words(comparison: Comparison) -> None:
    """At 80 columns nothing is cut off in the middle of a word."""
    text = render_comparison(comparison, width=80)
    assert fits(text, width=80)
    assert "…" not in text
    assert "NON-INFERIOR" in text or "INCONCLUSIVE" in text


def test_colour_adds_nothing_to_the_words(comparison: Comparison) -> None:
    """Without its escapes the coloured text is the plain one."""
    coloured = render_comparison(comparison, colour=True)
    assert "\x1b[" in coloured
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert plain == render_comparison(comparison).splitlines()


def test_an_undecided_latency_says_what_it_needs(tmp_path: Path) -> None:
    """The reason and the rounds still needed stand below the verdict."""
    text = render_comparison(comparison_of(tmp_path, replace(SMALL, rounds=4)))
    assert "4 valid rounds, at least 5 are needed" in text
    assert "more valid round" in text


def test_grave_caveats_are_on_the_screen(tmp_path: Path) -> None:
    """A cancelled run says so."""
    text = render_comparison(comparison_of(tmp_path, replace(PLAN, samples=5, stop_after=300)))
    assert "! The run is cancelled" in text
    assert fits(text)


def test_a_single_variant_has_its_table(tmp_path: Path) -> None:
    """Nothing to compare with is no reason to show nothing."""
    plan = replace(SMALL, variants=(VARIANTS[0], VARIANTS[4]))
    text = render_comparison(comparison_of(tmp_path, plan))
    assert "nothing to compare it with" in " ".join(text.split())
    assert "p50 ms" in text


def test_many_variants_still_fit(tmp_path: Path) -> None:
    """What does not fit is counted and left to the report."""
    many = tuple(replace(VARIANTS[1], name=f"candidate-{n}") for n in range(12))
    plan = replace(SMALL, variants=(VARIANTS[0], *many, VARIANTS[4]))
    text = render_comparison(comparison_of(tmp_path, plan))
    assert fits(text, lines=30)
    assert "… 7 more" in text
    assert "`host report`" in text.replace("\n", " ")


def test_many_devices_still_fit(tmp_path: Path) -> None:
    """Devices that do not fit are counted."""
    plans = [replace(SMALL, model=f"Board {n}", run_id=f"r{n}") for n in range(9)]
    text = render_comparison(comparison_of(tmp_path, *plans))
    assert fits(text)
    assert "Board 0" in text
    assert "more: see the report" in text


def test_devices_stand_one_below_the_other(tmp_path: Path) -> None:
    """Each device has its own sentence."""
    slow = replace(with_speed(SMALL, "multilingual-int8", 1.3), model="Jetson", run_id="r2")
    text = render_comparison(comparison_of(tmp_path, SMALL, slow))
    assert "Raspberry Pi 5" in text
    assert re.search(r"Jetson\nmultilingual-int8 takes 2\d\.\d % more time", text)


def test_printing_without_a_terminal_is_plain(
    comparison: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gets the text without escapes."""
    print_comparison(comparison)
    assert capsys.readouterr().out == render_comparison(comparison)


def test_all_twelve_tasks_are_shown(tmp_path: Path) -> None:
    """No task of a suite hides behind "more"."""
    cells = {task: languages[:1] for task, languages in all_cells().items()}
    plan = replace(SMALL, cells=cells, modes=("accuracy",))
    text = render_comparison(comparison_of(tmp_path, plan))
    assert all(f"\n{task} " in text for task in cells)
    assert " more" not in text
    assert "latency not measured" in text
