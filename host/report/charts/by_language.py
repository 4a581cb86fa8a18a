"""Latency by language: per sentence, per token, and the tokens that a sentence takes."""

from __future__ import annotations

from host.analysis.results import RunComparison
from host.report.charts.figure import NARROW, Figure, Spec, figure, series_colour

_PANELS = (
    ("sentence", "ms per sentence"),
    ("token", "µs per token"),
    ("tokens", "tokens per sentence"),
)
_MANY = 16


def by_language_figure(run: RunComparison, name: str) -> Figure | None:
    """Return the chart for the baseline, or None without valid rounds."""
    speed = run.baseline.speed
    if speed is None:
        return None
    rows = [
        {
            "language": one.language,
            "sentence": one.ns_per_sentence / 1e6,
            "token": one.ns_per_token / 1e3,
            "tokens": one.tokens_per_sentence,
        }
        for one in sorted(speed.languages, key=lambda one: one.ns_per_sentence)
    ]
    told = "; ".join(
        f"{r['language']} {r['sentence']:.1f} ms per sentence, {r['token']:.0f} µs per token, "
        f"{r['tokens']:.0f} tokens"
        for r in rows
    )
    return figure(
        name,
        f"Latency by language of {run.baseline.name}: {told}.",
        f"{run.baseline.name}. A language that takes longer per sentence and as long per token is "
        "slow because of its tokenisation, not because of the model.",
        lambda width: _spec(rows, width),
    )


def _spec(rows: list[Spec], width: int) -> Spec:
    narrow = width == NARROW
    plot = width - 80 if narrow else (width - 150) // 3
    panels = [
        _panel(rows, field, title, plot, labels=narrow or index == 0)
        for index, (field, title) in enumerate(_PANELS)
    ]
    return {"vconcat" if narrow else "hconcat": panels, "spacing": 22}


def _panel(rows: list[Spec], field: str, title: str, plot: int, *, labels: bool) -> Spec:
    y = {
        "field": "language",
        "type": "nominal",
        "sort": [row["language"] for row in rows],
        "axis": {"title": None, "labels": labels, "ticks": False, "domain": False},
    }
    x = {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1.18 * max(row[field] for row in rows)], "nice": False},
        "axis": None,
    }
    digits = ".1f" if field == "sentence" else ".0f"
    return {
        "title": title,
        "width": plot,
        "height": {"step": 22 if len(rows) <= _MANY else 16},
        "data": {"values": rows},
        "layer": [
            {
                "mark": {
                    "type": "bar",
                    "color": series_colour(0),
                    "opacity": 0.55,
                    "height": {"band": 0.55},
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": {"field": field, "format": digits}},
            },
        ],
    }
