"""Score against latency: which variant is worth its time."""

from __future__ import annotations

from host.analysis.results import RunComparison
from host.report import numbers
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_HEIGHT = 220
_LINE = 16
"""Pixels: of the chart, and of one label's line."""


def tradeoff_figure(run: RunComparison, name: str) -> Figure | None:
    """Return the chart, or None unless two variants have both a score and a median latency."""
    rows: list[Spec] = []
    for index, variant in enumerate(run.variants):
        median = variant.speed.percentile(0.5).value_ns if variant.speed else None
        if median is not None and variant.average is not None:
            rows.append(
                {
                    "name": variant.name,
                    "colour": series_colour(index),
                    "ms": median / 1e6,
                    "score": variant.average,
                }
            )
    if len(rows) < 2:
        return None
    told = "; ".join(
        f"{row['name']} {row['score']:.1f} at {numbers.milliseconds(row['ms'] * 1e6)} ms"
        for row in rows
    )
    return figure(
        name,
        f"Average score against median latency: {told}.",
        "Up and to the left is better: more points in less time.",
        lambda width: _spec(rows, width),
    )


def _spec(rows: list[Spec], width: int) -> Spec:
    narrow = width == NARROW
    ms = [row["ms"] for row in rows]
    scores = [row["score"] for row in rows]
    middle = (min(ms) * max(ms)) ** 0.5
    room = max(0.6, (max(scores) - min(scores)) * 0.25)
    x = {
        "field": "ms",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [min(ms) / 1.5, max(ms) * 1.5], "nice": False},
        "axis": {"title": "median ms per query", "format": "~g", "tickCount": 5},
    }
    y = {
        "field": "score",
        "type": "quantitative",
        "scale": {"domain": [min(scores) - room, max(scores) + room], "nice": False},
        "axis": {"title": "average score", "tickCount": 4},
    }
    labels = [
        {
            "data": {"values": [row]},
            "mark": {
                "type": "text",
                "align": "left" if side > 0 else "right",
                "dx": (-6 if narrow else 11) * side,
                "dy": shift - (15 if narrow else 0),
            },
            "encoding": {"x": x, "y": y, "text": {"field": "name"}},
        }
        for row, shift in _apart(rows, max(scores) + room, min(scores) - room)
        for side in (_side(row, rows, middle, room),)
    ]
    return {
        "width": width - 70,
        "height": _HEIGHT,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": {"field": "colour", "scale": None}},
            },
            *labels,
        ],
    }


def _apart(rows: list[Spec], top: float, bottom: float) -> list[tuple[Spec, float]]:
    """Return each row with the pixels by which its label moves down, so that none hides another."""
    placed: list[tuple[Spec, float]] = []
    free = 0.0
    for row in sorted(rows, key=lambda row: (-row["score"], row["ms"])):
        own = (top - row["score"]) / (top - bottom) * _HEIGHT
        at = max(own, free)
        placed.append((row, at - own))
        free = at + _LINE
    return placed


def _side(row: Spec, rows: list[Spec], middle: float, near: float) -> int:
    """Return 1 for a label on the point's right, -1 on its left: away from a point close by."""
    close = [
        other["ms"]
        for other in rows
        if other is not row
        and abs(other["score"] - row["score"]) < near / 2
        and 0.9 < other["ms"] / row["ms"] < 1.1
    ]
    if close:
        return -1 if max(close) > row["ms"] else 1
    return 1 if row["ms"] <= middle else -1
