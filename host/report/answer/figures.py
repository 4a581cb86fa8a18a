"""Draws the gaps with their intervals: latency and score side by side, or over a trend's axis."""

from __future__ import annotations

from host.analysis.answer import words
from host.analysis.answer.answer import BundleAnswer, Finding
from host.report import numbers
from host.report.charts.figure import NARROW, Figure, Spec, figure


def effects_figure(part: BundleAnswer, name: str) -> Figure | None:
    """Return the chart of all gaps; None if there is none with an interval."""
    rows = [
        row for finding in part.findings if not finding.is_trend for row in _rows(part, finding)
    ]
    if not rows:
        return None
    told = "; ".join(f"{row['name']}: {row['side']} {row['text']}" for row in rows)
    margins = {
        "time, %": part.bundle.spec.margin * 100,
        "score, points": part.bundle.spec.score_margin,
    }
    sides = list(dict.fromkeys(str(row["side"]) for row in rows))
    return figure(
        name,
        f"Gaps against {part.design.reference} with 95 % intervals: {told}.",
        "Each line is a gap's 95 % interval over seeds and samples or rounds; the band is the "
        "margin that was registered before the run.",
        lambda width: _spec(rows, sides, margins, width),
    )


def _rows(part: BundleAnswer, finding: Finding) -> list[Spec]:
    name = words.title(part.design, finding)
    rows: list[Spec] = []
    latency, score = finding.latency, finding.score
    if latency and latency.ratio is not None and latency.interval_95 is not None:
        rows.append(
            {
                "name": name,
                "side": "time, %",
                "middle": (latency.ratio - 1) * 100,
                "low": (latency.interval_95.low - 1) * 100,
                "high": (latency.interval_95.high - 1) * 100,
                "text": f"{numbers.change(latency.ratio, latency.interval_95)}, {latency.verdict}",
            }
        )
    if score and score.effect is not None and score.interval is not None:
        rows.append(
            {
                "name": name,
                "side": "score, points",
                "middle": score.effect.mean,
                "low": score.interval.low,
                "high": score.interval.high,
                "text": f"{numbers.points(score.effect.mean)} "
                f"({numbers.points_interval(score.interval)}), {score.verdict}",
            }
        )
    return rows


def _spec(rows: list[Spec], sides: list[str], margins: dict[str, float], width: int) -> Spec:
    narrow = width == NARROW
    names = 100 if narrow else 260
    plot = width - names - 40 if narrow else (width - names - 60) // len(sides)
    panels = [
        _panel(
            [r for r in rows if r["side"] == side],
            side,
            margins[side],
            plot,
            labels=narrow or not index,
        )
        for index, side in enumerate(sides)
    ]
    return {"vconcat": panels} if narrow else {"hconcat": panels}


def _panel(rows: list[Spec], side: str, margin: float, plot: int, *, labels: bool) -> Spec:
    order = [row["name"] for row in rows]
    axis: Spec = {
        "title": None,
        "ticks": False,
        "domain": False,
        "labels": labels,
        "labelLimit": 250,
        "labelColor": "currentColor",
    }
    y: Spec = {"field": "name", "type": "nominal", "sort": order, "axis": axis}
    x: Spec = {
        "type": "quantitative",
        "axis": {"title": side, "tickCount": 5, "grid": False, "labelOverlap": True},
    }
    return {
        "width": plot,
        "height": {"step": 34},
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"low": -margin, "high": margin}]},
                "mark": {"type": "rect", "color": "var(--band)", "opacity": 1},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "color": "var(--muted)", "strokeDash": [3, 3]},
                "encoding": {"x": {"datum": 0, "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": "var(--series-1)"},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 90,
                    "opacity": 1,
                    "color": "var(--series-1)",
                },
                "encoding": {"y": y, "x": {**x, "field": "middle"}},
            },
        ],
    }
