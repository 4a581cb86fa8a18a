"""Draws a trend: the gap at each place with its interval, and the line that was fitted."""

from __future__ import annotations

import numpy as np

from device_agent.measure.decision import Interval
from host.analysis.answer import words
from host.analysis.answer.answer import BundleAnswer, Finding
from host.analysis.answer.contrasts import Trend
from host.analysis.figures import signed, signed_interval
from host.report.charts.figure import NARROW, Figure, Spec, figure

_TIME, _SCORE = "time, %", "score, points"
_LINE_POINTS = 24
_AXES = {"parameters": "parameters, millions", "intermediate-tasks": "intermediate tasks"}


def trend_figure(part: BundleAnswer, trend: Finding, name: str) -> Figure | None:
    """Return one trend's chart; None where fewer than two of its places have an interval.

    Args:
        part: The bundle's answer.
        trend: One of its findings, a trend.
        name: Unique within the page.
    """
    contrast = trend.contrast
    assert isinstance(contrast, Trend)
    rows = [
        row
        for finding in part.findings
        if not finding.is_trend and _belongs(finding, contrast)
        for row in _points(finding, contrast)
    ]
    rows += _reference(part, contrast, {str(row["side"]) for row in rows})
    sides = [side for side in (_TIME, _SCORE) if sum(r["side"] == side for r in rows) > 1]
    if not sides:
        return None
    told = "; ".join(
        f"{row['side']} at {row['x']:g}: {signed(row['middle'])} "
        f"({signed_interval(Interval(row['low'], row['high'], 0.95))})"
        for row in rows
    )
    return figure(
        name,
        f"{words.title(part.design, trend)}, gaps with 95 % intervals: {told}.",
        f"{words.title(part.design, trend)}: each point is a gap with its 95 % interval; the line "
        f"has the slope that the finding is about, {_whose(contrast)}.",
        lambda width: _spec(rows, sides, trend, width),
    )


def _whose(trend: Trend) -> str:
    if not trend.incomplete:
        return "by least squares, averaged over seeds"
    seeds = ", ".join(str(seed) for seed in trend.units)
    return f"by least squares, averaged over the seeds with every place alone ({seeds})"


def _belongs(finding: Finding, trend: Trend) -> bool:
    """Whether a gap is one of the places that the trend was fitted to."""
    contrast = finding.contrast
    if contrast.x is None:
        return False
    if trend.over == "parameters":
        return contrast.level == trend.level
    return contrast.stratum == trend.stratum


def _points(finding: Finding, trend: Trend) -> list[Spec]:
    x = finding.contrast.x
    assert x is not None
    place = x / 1e6 if trend.over == "parameters" else x
    found: list[Spec] = []
    latency, score = finding.latency, finding.score
    if latency and latency.ratio is not None and latency.interval_95 is not None:
        ends = [
            (value - 1) * 100
            for value in (latency.ratio, latency.interval_95.low, latency.interval_95.high)
        ]
        found.append({"side": _TIME, **_row(place, ends)})
    if score and score.effect is not None and score.interval is not None:
        ends = [score.effect.mean, score.interval.low, score.interval.high]
        found.append({"side": _SCORE, **_row(place, ends)})
    return found


def _reference(part: BundleAnswer, trend: Trend, sides: set[str]) -> list[Spec]:
    """Return the reference, whose gap to itself is 0, where it is a place on the axis."""
    if trend.over == "parameters":
        return []
    design = part.design
    places = {
        member.x
        for member in design.members
        if member.level == design.reference and member.stratum == trend.stratum
    }
    return [
        {"side": side, **_row(x, [0.0, 0.0, 0.0])}
        for x in places
        if x is not None
        for side in sorted(sides)
    ]


def _row(place: float, ends: list[float]) -> Spec:
    return dict(zip(("x", "middle", "low", "high"), [place, *ends], strict=True))


def _spec(rows: list[Spec], sides: list[str], trend: Finding, width: int) -> Spec:
    narrow = width == NARROW
    plot = width - 70 if narrow else (width - 70 * len(sides)) // len(sides)
    panels = [_panel([r for r in rows if r["side"] == side], side, trend, plot) for side in sides]
    return {"vconcat": panels} if narrow else {"hconcat": panels}


def _panel(rows: list[Spec], side: str, trend: Finding, plot: int) -> Spec:
    contrast = trend.contrast
    assert isinstance(contrast, Trend)
    sizes = contrast.over == "parameters"
    places = sorted(row["x"] for row in rows)
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"type": "log", "base": 2, "nice": False, "padding": 16}
        if sizes
        else {"zero": False, "nice": False, "padding": 16},
        "axis": {
            "title": _AXES[contrast.over],
            "values": places if sizes else list(range(int(places[0]), int(places[-1]) + 1)),
            "format": ".3~g",
            "grid": False,
        },
    }
    y: Spec = {"type": "quantitative", "axis": {"title": side, "tickCount": 5}}
    colour = "var(--series-1)"
    return {
        "width": plot,
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": "var(--muted)", "strokeDash": [3, 3]},
                "encoding": {"y": {"datum": 0, "type": "quantitative"}},
            },
            {
                "data": {"values": fitted_line(rows, side, trend, contrast)},
                "mark": {"type": "line", "color": "var(--muted)", "strokeWidth": 1.5},
                "encoding": {"x": x, "y": {**y, "field": "fitted"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": colour},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 90,
                    "opacity": 1,
                    "color": colour,
                },
                "encoding": {"x": x, "y": {**y, "field": "middle"}},
            },
        ],
    }


def fitted_line(rows: list[Spec], side: str, trend: Finding, contrast: Trend) -> list[Spec]:
    """Return the finding's line, through the middle of the points.

    Time is followed as logarithm, so that its line in percent bends.
    """
    judged = trend.latency if side == _TIME else trend.score
    if judged is None or judged.effect is None or not contrast.span:
        return []
    slope = judged.effect.mean / contrast.span
    places = np.array([row["x"] for row in rows], dtype=np.float64)
    values = np.array([row["middle"] for row in rows], dtype=np.float64)
    at = np.log2(places) if contrast.over == "parameters" else places
    follow = np.log1p(values / 100) if side == _TIME else values
    along = np.linspace(at.min(), at.max(), _LINE_POINTS)
    fitted = np.mean(follow) + slope * (along - np.mean(at))
    shown = np.expm1(fitted) * 100 if side == _TIME else fitted
    xs = 2**along if contrast.over == "parameters" else along
    return [{"x": float(x), "fitted": float(y)} for x, y in zip(xs, shown, strict=True)]
