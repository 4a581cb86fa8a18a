"""Latency of single queries: a histogram per variant with its percentiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from host.analysis.results import RunComparison
from host.analysis.timing.rounds import Floats, queries, valid
from host.analysis.timing.speed import Speed
from host.report import numbers
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_BINS = 64


@dataclass(frozen=True)
class _Row:
    name: str
    colour: str
    density: Floats
    marks: list[Spec]


def distribution_figure(run: RunComparison, name: str) -> Figure | None:
    """Return the chart, or None without valid rounds."""
    rounds = valid(run.rounds)
    if not rounds:
        return None
    values = [queries(rounds, variant.name).total_ns / 1e6 for variant in run.variants]
    low = min(float(np.min(v)) for v in values) / 1.08
    high = max(float(np.max(v)) for v in values) * 1.08
    edges = np.geomspace(low, high, _BINS + 1)
    counts = [np.histogram(v, edges)[0].astype(np.float64) for v in values]
    top = max(float(np.max(c)) for c in counts)
    rows = [
        _Row(variant.name, series_colour(index), counted / top, _marks(variant.speed))
        for index, (variant, counted) in enumerate(zip(run.variants, counts, strict=True))
    ]
    told = "; ".join(
        f"{row.name} " + ", ".join(f"{m['label']} {m['text']} ms" for m in row.marks)
        for row in rows
    )
    return figure(
        name,
        f"Distribution of latency per query: {told}.",
        "All queries of valid rounds, on a logarithmic scale; hills are tasks and lengths. "
        "Lines mark the percentiles that the number of queries supports.",
        lambda width: _spec(rows, edges, width),
    )


def _marks(speed: Speed | None) -> list[Spec]:
    return [
        {"at": p.value_ns / 1e6, "label": p.name, "text": numbers.milliseconds(p.value_ns)}
        for p in (speed.percentiles if speed else ())
        if p.value_ns is not None and p.share < 0.99
    ]


def _spec(rows: list[_Row], edges: Floats, width: int) -> Spec:
    narrow = width == NARROW
    plot = width - 36 if narrow else width - 60
    return {
        "vconcat": [_panel(row, edges, plot, last=row is rows[-1], narrow=narrow) for row in rows],
        "spacing": 26 if narrow else 10,
    }


def _panel(row: _Row, edges: Floats, plot: int, *, last: bool, narrow: bool) -> Spec:
    bars = [
        {"low": float(a), "high": float(b), "density": float(d)}
        for a, b, d in zip(edges, edges[1:], row.density, strict=False)
        if d > 0
    ]
    axis = {
        "title": "ms per query" if last else None,
        "labels": last,
        "ticks": last,
        "domain": True,
        "grid": False,
        "tickCount": 5 if narrow else 9,
        "format": "~g",
    }
    scale = {"type": "log", "domain": [float(edges[0]), float(edges[-1])], "nice": False}
    x = {"type": "quantitative", "scale": scale, "axis": axis}
    height = {"type": "quantitative", "scale": {"domain": [0, 1.25]}, "axis": None}
    return {
        "width": plot,
        "height": 58,
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rect", "color": row.colour, "opacity": 0.5},
                "encoding": {
                    "x": {"field": "low", **x},
                    "x2": {"field": "high"},
                    "y": {"field": "density", **height},
                    "y2": {"datum": 0},
                },
            },
            {
                "data": {"values": row.marks},
                "mark": {"type": "rule", "color": row.colour, "strokeWidth": 2},
                "encoding": {"x": {"field": "at", **x}},
            },
            *(_label(mark, x, is_first=mark is row.marks[0]) for mark in row.marks),
            {
                "data": {"values": [{"name": row.name}]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "x": 2,
                    "y": -8 if narrow else 6,
                    "fontSize": 12,
                    "fontWeight": 600,
                },
                "encoding": {"text": {"field": "name"}},
            },
        ],
    }


def _label(mark: Spec, x: Spec, *, is_first: bool) -> Spec:
    """Return one percentile's text, away from the next one's line: the first on its left."""
    side = {"align": "right", "dx": -4} if is_first else {"align": "left", "dx": 4}
    return {
        "data": {"values": [mark | {"text": f"{mark['label']} {mark['text']}"}]},
        "mark": {"type": "text", "y": 6, "fontSize": 11, **side},
        "encoding": {"x": {"field": "at", **x}, "text": {"field": "text"}},
    }
