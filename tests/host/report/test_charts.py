"""Charts come from results and page colours alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.results import Comparison
from host.report.charts.by_language import by_language_figure
from host.report.charts.distribution import distribution_figure
from host.report.charts.figure import figure
from host.report.charts.over_time import over_time_figure
from host.report.charts.ratio import ratio_figure
from host.report.charts.tradeoff import tradeoff_figure
from tests.host.report.conftest import PLAN, comparison_of

FIGURES = (
    by_language_figure,
    distribution_figure,
    over_time_figure,
    ratio_figure,
    tradeoff_figure,
)


@pytest.mark.parametrize("make", FIGURES)
def test_charts_take_their_colours_from_the_page(comparison: Comparison, make: type) -> None:
    """One SVG serves light and dark: no colour is fixed in it."""
    made = make(comparison.runs[0], "x")
    fixed = re.findall(r"(?:fill|stroke)=\"(#[0-9a-fA-F]+|rgb[^\"]*|black|white)\"", made.wide)
    assert not fixed
    assert "var(--" in made.wide


@pytest.mark.parametrize("make", FIGURES)
def test_both_widths_have_their_own_layout(comparison: Comparison, make: type) -> None:
    """The narrow chart fits a phone without being shrunk, the wide one a page."""
    made = make(comparison.runs[0], "x")
    widths = [
        float(re.findall(r"viewBox=\"\S+ \S+ (\S+) ", svg)[0]) for svg in (made.wide, made.narrow)
    ]
    assert 600 < widths[0] <= 960
    assert 280 < widths[1] <= 360


@pytest.mark.parametrize("make", FIGURES)
def test_without_data_there_is_no_chart(tmp_path: Path, make: type) -> None:
    """A run without rounds has no chart, rather than an empty one."""
    run = comparison_of(tmp_path, replace(PLAN, samples=5, modes=("accuracy",))).runs[0]
    assert make(run, "x") is None


def test_the_ratio_chart_is_told_with_its_numbers(comparison: Comparison) -> None:
    """The label has every ratio and interval that the chart shows."""
    run = comparison.runs[0]
    made = ratio_figure(run, "x")
    assert made is not None
    for candidate in run.candidates:
        assert f"{candidate.name} {candidate.latency.ratio:.3f} (" in made.wide
    assert "A/A control" in made.wide


def test_far_ratios_stand_at_the_edge(comparison: Comparison) -> None:
    """fp32 at twice the time must not squash the 2 % that matter."""
    made = ratio_figure(comparison.runs[0], "x")
    assert made is not None
    assert made.wide.count("beyond →") == 2
    assert "beyond ±15 %" in made.caption


def test_invalid_rounds_are_shaded_and_named(comparison: Comparison) -> None:
    """The throttled round shows in every panel and in the label."""
    made = over_time_figure(comparison.runs[0], "x")
    assert made is not None
    assert "rounds 4 are invalid" in made.wide
    assert made.wide.count('fill="var(--bad)"') == 4


def test_heat_and_clock_are_drawn_and_told(comparison: Comparison) -> None:
    """Below the times, in the caption and in the label; the throttled round's clock is in it."""
    made = over_time_figure(comparison.runs[0], "x")
    assert made is not None
    for text in ("°C", "clock, %"):
        assert text in made.wide
    assert "the hottest thermal zone" in made.caption
    assert "lowest clock 62 to 100 %" in made.wide


def test_labels_are_escaped() -> None:
    """A label is text, whatever it holds."""
    spec = {
        "data": {"values": [{"a": "<b>&"}]},
        "mark": "text",
        "encoding": {"text": {"field": "a"}},
    }
    made = figure("x", '"<script>', "caption", lambda width: spec | {"width": width})
    assert "<script>" not in made.wide
    assert "<b>" not in made.wide


@pytest.mark.parametrize("make", FIGURES)
def test_a_chart_is_one_image_to_a_screen_reader(comparison: Comparison, make: type) -> None:
    """Its label tells all of it; no part has a role without a name."""
    for svg in (made := make(comparison.runs[0], "x")).wide, made.narrow:
        assert len(re.findall(r"\brole=", svg)) == len(re.findall(r"\baria-", svg)) == 1


def test_labels_on_a_phone_stand_on_no_point(comparison: Comparison) -> None:
    """Each of four variants has a place of its own above or below its point."""
    made = tradeoff_figure(comparison.runs[0], "x")
    assert made is not None
    places = re.findall(
        r'<text text-anchor="middle" transform="translate\(([\d.]+),([\d.]+)\)"', made.narrow
    )
    points = re.findall(r'<path transform="translate\(([\d.]+),([\d.]+)\)"', made.narrow)
    names = [v.name for v in comparison.runs[0].variants]
    assert len(points) >= len(names)
    labels = [(float(x), float(y)) for x, y in places[-len(names) :]]
    for index, (x, y) in enumerate(labels):
        half = 3.2 * min(map(len, names))
        for a, b in labels[:index]:
            assert abs(x - a) > half or abs(y - b) > 10


def test_inner_ids_differ_between_the_two_widths() -> None:
    """A hidden SVG's clip path would make the shown one vanish if they shared an id."""
    spec = {
        "data": {"values": [{"a": 1, "b": 2}]},
        "mark": {"type": "line", "clip": True},
        "encoding": {"x": {"field": "a"}, "y": {"field": "b"}},
    }
    made = figure("x", "label", "caption", lambda width: spec | {"width": width})
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (made.wide, made.narrow)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", made.wide)) == ids[0]
