"""The latency verdict: each candidate's ratio to the baseline with margin and noise floor."""

from __future__ import annotations

from host.analysis.results import RunComparison
from host.report import numbers
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_NEAR = 15.0
"""Ratios farther than this many percent from 1 would squash what the margin is about."""


def ratio_figure(run: RunComparison, name: str) -> Figure | None:
    """Return the chart, or None if there is no candidate with an interval."""
    rows = _rows(run)
    if not rows:
        return None
    margin = run.bundle.spec.margin * 100
    floor = (run.control.floor * 100) if run.control else None
    ends = [abs(row[end]) for row in rows if row["near"] for end in ("low", "high")]
    limit = max(1.15 * max(ends, default=0), 2.2 * margin, 1.3 * (floor or 0))
    told = "; ".join(f"{row['name']} {row['text']}" for row in rows)
    return figure(
        name,
        f"Ratio of latency to {run.baseline.name} with intervals: {told}.",
        _caption(run, floor, any(not row["near"] for row in rows)),
        lambda width: _spec(rows, width, margin, floor, limit),
    )


def _rows(run: RunComparison) -> list[Spec]:
    rows: list[Spec] = []
    for index, candidate in enumerate(run.candidates, 1):
        found = candidate.latency
        if found.ratio is None or found.interval_90 is None or found.interval_95 is None:
            continue
        rows.append(
            {
                "name": candidate.name,
                "colour": series_colour(index),
                "middle": (found.ratio - 1) * 100,
                "low": (found.interval_95.low - 1) * 100,
                "high": (found.interval_95.high - 1) * 100,
                "low90": (found.interval_90.low - 1) * 100,
                "high90": (found.interval_90.high - 1) * 100,
                "text": f"{found.ratio:.3f} ({numbers.ratio_interval(found.interval_95)})",
                "near": abs(found.ratio - 1) * 100 <= _NEAR,
            }
        )
    if rows and run.control is not None:
        control = run.control
        rows.append(
            {
                "name": "A/A control",
                "colour": "var(--muted)",
                "middle": (control.ratio - 1) * 100,
                "low": (control.interval.low - 1) * 100,
                "high": (control.interval.high - 1) * 100,
                "text": f"{control.ratio:.3f} ({numbers.ratio_interval(control.interval)})",
                "near": abs(control.ratio - 1) * 100 <= _NEAR,
            }
        )
    return rows


def _caption(run: RunComparison, floor: float | None, far: bool) -> str:
    text = (
        f"Time over {run.baseline.name}’s for the same queries, geometric mean over "
        f"{run.candidates[0].latency.rounds} valid rounds. Thin line: 95 % interval; thick line: "
        "90 %, which must lie inside the wide band (the margin) to count as equivalent."
    )
    if floor is not None:
        text += " Inner band: the noise floor, by which this run tells one artifact from itself."
    if far:
        text += f" Ratios beyond ±{_NEAR:.0f} % stand at the edge as numbers."
    return text


def _spec(rows: list[Spec], width: int, margin: float, floor: float | None, limit: float) -> Spec:
    narrow = width == NARROW
    step = 58 if narrow else 46
    order = [row["name"] for row in rows]
    rule = {"y": _y(order), "color": {"field": "colour", "scale": None}}
    near = {"filter": "datum.near"}
    plot = width - 36 if narrow else width - 420
    layers: list[Spec] = [
        _band(-margin / (1 + margin / 100), margin, "var(--band)"),
        *([] if floor is None else [_band(-floor / (1 + floor / 100), floor, "var(--band-inner)")]),
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "color": "var(--muted)", "strokeDash": [3, 3]},
            "encoding": {"x": {"datum": 0, "type": "quantitative"}},
        },
        {
            "transform": [near],
            "mark": {"type": "rule", "strokeWidth": 1.6},
            "encoding": {**rule, "x": _x(limit, "low"), "x2": {"field": "high"}},
        },
        {
            "transform": [near, {"filter": "isValid(datum.low90)"}],
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round"},
            "encoding": {**rule, "x": _x(limit, "low90"), "x2": {"field": "high90"}},
        },
        {
            "transform": [near],
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": {
                **rule,
                "x": _x(limit, "middle"),
                "stroke": {"value": "var(--paper)"},
                "strokeWidth": {"value": 1.5},
            },
        },
        {
            "transform": [{"filter": "!datum.near"}],
            "mark": {
                "type": "text",
                "align": "right",
                "x": plot - 4,
                "text": "beyond →",
                "color": "var(--muted)",
            },
            "encoding": {"y": _y(order)},
        },
    ]
    if narrow:
        layers.append(_text(order, {"x": 0, "dy": -19, "fontWeight": 600}, "name"))
        layers.append(_text(order, {"x": plot, "dy": -19, "align": "right"}, "ratio"))
    else:
        # Names as marks, not as axis labels: a browser's wider font then grows into the plot's
        # own margin instead of being cut off.
        layers.append(_text(order, {"x": -220, "fontSize": 13}, "name"))
        layers.append(_text(order, {"x": plot + 16}, "text"))
    return {
        "width": plot,
        "height": {"step": step},
        "data": {"values": [row | {"ratio": row["text"].split(" ")[0]} for row in rows]},
        "layer": layers,
    }


def _text(order: list[str], mark: Spec, field: str) -> Spec:
    return {
        "mark": {"type": "text", "align": "left", **mark},
        "encoding": {
            "y": _y(order),
            "text": {"field": field},
        },
    }


def _band(low: float, high: float, colour: str) -> Spec:
    return {
        "data": {"values": [{"low": low, "high": high}]},
        "mark": {"type": "rect", "color": colour, "opacity": 1},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
    }


def _x(limit: float, field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [-limit, limit], "nice": False, "zero": False},
        "axis": {
            "title": "time against the baseline",
            "labelExpr": "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') "
            "+ format(abs(datum.value), '~f') + ' %'",
            "tickCount": 5,
            "grid": False,
        },
    }


def _y(order: list[str]) -> Spec:
    axis: Spec = {"title": None, "labels": False, "ticks": False, "domain": False}
    return {"field": "name", "type": "nominal", "sort": order, "axis": axis}
