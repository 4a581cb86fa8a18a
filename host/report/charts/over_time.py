"""The run over time: each round’s ratios, the baseline’s pace, the device's heat and clock."""

from __future__ import annotations

import numpy as np

from device_agent.contract.events import RoundDone
from host.analysis.results import RunComparison
from host.analysis.timing.rounds import log_ratios, total_ns
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_NEAR = 1.15
_CONTROL = "var(--muted)"


def over_time_figure(run: RunComparison, name: str) -> Figure | None:
    """Return the chart, or None without rounds."""
    if not run.rounds:
        return None
    lines = _ratios(run)
    invalid = [done.round for done in run.rounds if done.invalid]
    said = f"rounds {', '.join(map(str, invalid))} are invalid" if invalid else "all are valid"
    panels = ["the baseline’s mean time per query, whose mix of tasks changes from round to round"]
    if lines:
        panels.insert(0, "each round’s ratio to the baseline, with the margin as a band")
    if _temperatures(run):
        panels.append("the hottest thermal zone")
    if _clocks(run):
        panels.append("the lowest clock, as a share of the highest that the governor allows")
    return figure(
        name,
        f"{len(run.rounds)} rounds over time; {said}{_told(run)}.",
        f"From top to bottom: {'; '.join(panels)}. "
        "Shaded rounds failed the validity gate and count nowhere.",
        lambda width: _spec(run, lines, width),
    )


def _ratios(run: RunComparison) -> list[Spec]:
    names = [(c.name, series_colour(i)) for i, c in enumerate(run.candidates, 1)]
    if run.control is not None:
        names.append((run.control.name, _CONTROL))
    rows: list[Spec] = []
    for name, colour in names:
        of = run.baseline.name
        if run.control is not None and name == run.control.name:
            of = run.control.of
        for done, value in zip(run.rounds, log_ratios(run.rounds, name, of), strict=True):
            rows.append(
                {
                    "round": done.round,
                    "name": "A/A control" if colour == _CONTROL else name,
                    "colour": colour,
                    "percent": (float(np.exp(value)) - 1) * 100,
                    "valid": not done.invalid,
                }
            )
    far = {r["name"] for r in rows if r["valid"] and abs(r["percent"]) > (_NEAR - 1) * 100}
    near = [row for row in rows if row["name"] not in far]
    return near if any(row["valid"] for row in near) else []


def _temperatures(run: RunComparison) -> list[dict[str, float]]:
    return [
        {"round": done.round, "value": done.conditions.temperature_celsius}
        for done in run.rounds
        if done.conditions.temperature_celsius is not None
    ]


def _told(run: RunComparison) -> str:
    """Return heat and clock in words, for those who cannot see the chart."""
    parts = [
        f"; {what} {min(values):.0f} to {max(values):.0f} {unit}"
        for what, unit, values in (
            ("hottest zone", "°C", [row["value"] for row in _temperatures(run)]),
            ("lowest clock", "%", [row["value"] for row in _clocks(run)]),
        )
        if values
    ]
    return "".join(parts)


def _clocks(run: RunComparison) -> list[dict[str, float]]:
    return [
        {"round": done.round, "value": 100 * done.conditions.frequency_ratio}
        for done in run.rounds
        if done.conditions.frequency_ratio is not None
    ]


def _pace(done: RoundDone, variant: str) -> float:
    return total_ns(done, variant) / len(done.blocks[0].tokens) / 1e6


def _spec(run: RunComparison, lines: list[Spec], width: int) -> Spec:
    narrow = width == NARROW
    plot = width - 76 if narrow else width - 90
    pace = [{"round": done.round, "value": _pace(done, run.baseline.name)} for done in run.rounds]
    below = [("ms per query", pace), ("°C", _temperatures(run)), ("clock, %", _clocks(run))]
    below = [(title, values) for title, values in below if values]
    panels = [_ratio_panel(run, lines, plot, narrow)] if lines else []
    for title, values in below:
        panels.append(_panel(run, values, plot, title, last=title == below[-1][0]))
    return {"vconcat": panels, "spacing": 14, "resolve": {"scale": {"color": "independent"}}}


def _ratio_panel(run: RunComparison, lines: list[Spec], plot: int, narrow: bool) -> Spec:
    margin = run.bundle.spec.margin * 100
    limit = max(
        2 * margin, 1.1 * max((abs(row["percent"]) for row in lines if row["valid"]), default=0.0)
    )
    colours = dict.fromkeys((row["name"], row["colour"]) for row in lines)
    y = {
        "field": "percent",
        "type": "quantitative",
        "scale": {"domain": [-limit, limit], "clamp": True, "nice": False},
        "axis": {"title": "against baseline, %", "tickCount": 5, "format": "+~f", "grid": True},
    }
    colour = {
        "field": "name",
        "type": "nominal",
        "sort": [name for name, _ in colours],
        "scale": {
            "domain": [name for name, _ in colours],
            "range": [value for _, value in colours],
        },
        "legend": {
            "orient": "top",
            "direction": "vertical" if narrow else "horizontal",
            "symbolType": "circle",
            "symbolStrokeWidth": 0,
            "labelLimit": 300,
            "columnPadding": 22,
        },
    }
    return {
        "width": plot,
        "height": 170,
        "layer": [
            {
                "data": {"values": [{"low": -margin / (1 + margin / 100), "high": margin}]},
                "mark": {"type": "rect", "color": "var(--band)", "opacity": 1},
                "encoding": {
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            _invalid(run),
            {
                "data": {"values": [row for row in lines if row["valid"]]},
                "mark": {"type": "line", "strokeWidth": 1.6},
                "encoding": {"x": _x(run, last=False), "y": y, "color": colour},
            },
            {
                "data": {"values": [row for row in lines if row["valid"]]},
                "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
                "encoding": {"x": _x(run, last=False), "y": y, "color": colour},
            },
        ],
    }


def _panel(
    run: RunComparison, values: list[dict[str, float]], plot: int, title: str, *, last: bool
) -> Spec:
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "nice": True, "padding": 6},
        "axis": {"title": title, "tickCount": 3},
    }
    return {
        "width": plot,
        "height": 72,
        "layer": [
            _invalid(run),
            {
                "data": {"values": values},
                "mark": {
                    "type": "line",
                    "color": "var(--series-0)",
                    "strokeWidth": 1.6,
                    "point": {"filled": True, "size": 22, "color": "var(--series-0)"},
                },
                "encoding": {"x": _x(run, last=last), "y": y},
            },
        ],
    }


def _invalid(run: RunComparison) -> Spec:
    bands = [
        {"low": done.round - 0.5, "high": done.round + 0.5} for done in run.rounds if done.invalid
    ]
    return {
        "data": {"values": bands},
        "mark": {"type": "rect", "color": "var(--bad)", "opacity": 0.16},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
    }


def _x(run: RunComparison, *, last: bool) -> Spec:
    numbers = [done.round for done in run.rounds]
    return {
        "field": "round",
        "type": "quantitative",
        "scale": {"domain": [min(numbers) - 0.5, max(numbers) + 0.5], "nice": False},
        "axis": {
            "title": "round" if last else None,
            "labels": last,
            "ticks": last,
            "grid": False,
            "format": "d",
            "tickMinStep": 1,
        },
    }
