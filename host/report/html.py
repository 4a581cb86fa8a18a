"""Writes the report: one HTML file that opens offline, without scripts."""

from __future__ import annotations

from pathlib import Path

import jinja2

from host.analysis.differences import MIN_SAMPLES
from host.analysis.results import Comparison
from host.analysis.verdict import need
from host.report import numbers
from host.report.page import make_page


def write_report(comparison: Comparison, path: Path) -> Path:
    """Write the whole comparison as one self-contained HTML file and return its path.

    Args:
        comparison: One or more runs.
        path: The file; its folder is made if need be.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("host.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        name: getattr(numbers, name)
        for name in (
            "milliseconds",
            "microseconds",
            "count",
            "rate",
            "score",
            "points",
            "points_interval",
            "ratio",
            "ratio_interval",
            "percent",
            "margin",
            "size",
            "digest",
        )
    }
    text = environment.get_template("report.html.j2").render(
        page=make_page(comparison), need=need, min_samples=MIN_SAMPLES
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
