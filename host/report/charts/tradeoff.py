"""Score against latency: which variant is worth its time."""

from __future__ import annotations

import math

from host.analysis.results import RunComparison
from host.report import numbers
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_HEIGHT = 220
_LINE = 16
_LETTER = 6.4
"""Pixels: of the chart, one label's line, one letter of it."""
_MARGIN = math.log(1.5)
_PLACES = (-16, 18, -32, 34, -48, 50)
"""Pixels by which a label may lie below its point."""


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
    place = _above_or_below if narrow else _beside
    named = {"x": x, "y": y, "text": {"field": "name"}}
    labels = [
        {"data": {"values": [row]}, "mark": {"type": "text", **mark}, "encoding": named}
        for row, mark in place(rows, max(scores) + room, min(scores) - room)
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


def _beside(rows: list[Spec], top: float, bottom: float) -> list[tuple[Spec, Spec]]:
    """Return each row with its label's mark: on one side of the point, and none on another."""
    middle = (min(row["ms"] for row in rows) * max(row["ms"] for row in rows)) ** 0.5
    near = (top - bottom) / 6
    placed: list[tuple[Spec, Spec]] = []
    free = 0.0
    for row in sorted(rows, key=lambda row: (-row["score"], row["ms"])):
        own = _down(row, top, bottom)
        at = max(own, free)
        side = _side(row, rows, middle, near)
        mark = {"align": "left" if side > 0 else "right", "dx": 11 * side, "dy": at - own}
        placed.append((row, mark))
        free = at + _LINE
    return placed


def _above_or_below(rows: list[Spec], top: float, bottom: float) -> list[tuple[Spec, Spec]]:
    """The same where there is no room beside: the nearest place on no point and no other label."""
    width = math.log(max(row["ms"] for row in rows) / min(row["ms"] for row in rows)) + 2 * _MARGIN
    first = math.log(min(row["ms"] for row in rows)) - _MARGIN
    points = {
        row["name"]: (
            (math.log(row["ms"]) - first) / width * (NARROW - 70),
            _down(row, top, bottom),
        )
        for row in rows
    }
    taken = [(x, y, 8.0) for x, y in points.values()]
    placed: list[tuple[Spec, Spec]] = []
    for row in sorted(rows, key=lambda row: -row["score"]):
        x, y = points[row["name"]]
        half = _LETTER * len(row["name"]) / 2
        for dy in _PLACES:
            if all(abs(x - a) > half + b or abs(y + dy - c) > _LINE - 2 for a, c, b in taken):
                break
        taken.append((x, y + dy, half))
        placed.append((row, {"align": "center", "dy": dy}))
    return placed


def _down(row: Spec, top: float, bottom: float) -> float:
    """Return how many pixels a point lies below the chart's upper edge."""
    return float((top - row["score"]) / (top - bottom) * _HEIGHT)


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
