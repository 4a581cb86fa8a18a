"""What measuring costs and what heat does, on the screen and on the page."""

from __future__ import annotations

import re
from pathlib import Path

from host.analysis.comparison import compare
from host.analysis.timing.sustained import measure_sustained
from host.analysis.upkeep import measure_upkeep
from host.report.html import write_report
from host.report.terminal import render_comparison
from host.report.upkeep import overhead_text, sustained_lines, warm_up_text
from tests.host.analysis.upkeep_bundles import (
    bundle_with,
    null,
    pairs,
    stretches,
    with_warm_ups,
)


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_overhead_is_a_few_words(tmp_path: Path) -> None:
    """Microseconds with their share, and a change with its interval."""
    bundle = bundle_with(tmp_path / "b", null("before", 3_100), *pairs(6, 1.001))
    text = plain(overhead_text(measure_upkeep(bundle)))
    assert re.fullmatch(
        r"harness 3\.10 µs a query \(0\.\d\d %\), telemetry \+0\.1 % \[[+−]\d\.\d, \+0\.\d\]", text
    ), text


def test_sustained_work_is_two_lines(tmp_path: Path) -> None:
    """The change of each variant; temperature, clock and throttling below it."""
    bundle = bundle_with(tmp_path / "b", *stretches(30, 1.2), sustained_s=1800)
    found = measure_sustained(bundle)
    assert found is not None
    first, second = (plain(line) for line in sustained_lines(found))
    assert first.startswith(
        "sustained work, time of a query in minute 30 against 1: english-int8 +20.0 % ["
    )
    assert "50.0 → 79.0 °C" in second
    assert "clock 100 % → 88 %" in second
    assert "throttled in 9 of 30" in second


def test_screen_and_page_show_it(tmp_path: Path) -> None:
    """With the conditions on both; a row a minute on the page."""
    bundle = with_warm_ups(
        bundle_with(
            tmp_path / "b",
            null("before", 3_100),
            *pairs(6, 1.001),
            *stretches(30, 1.2),
            sustained_s=1800,
        ),
        unsteady=2,
    )
    comparison = compare([bundle], resamples=20)
    screen = plain(" ".join(render_comparison(comparison).split()))
    assert "harness 3.10 µs a query" in screen
    assert "in minute 30 against 1" in screen
    page = write_report(comparison, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Sustained work" in page
    assert page.count('<tr><th scope="row">') >= 30
    assert "steady before 16 of 18 turns" in page
    assert "Times were still changing" in page


def test_warm_ups_are_counted_over_all_variants(tmp_path: Path) -> None:
    """Steady turns of all turns, and how many queries it took."""
    bundle = with_warm_ups(bundle_with(tmp_path / "b"), unsteady=1)
    text = warm_up_text(measure_upkeep(bundle))
    assert text == "steady before 17 of 18 turns, after 11 untimed at the median"


def test_a_bundle_without_it_shows_none_of_it(tmp_path: Path) -> None:
    """No empty headings for what an older agent did not measure."""
    comparison = compare([bundle_with(tmp_path / "b")], resamples=20)
    assert "harness" not in render_comparison(comparison)
    page = write_report(comparison, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Sustained work" not in page
    assert "harness" not in page
