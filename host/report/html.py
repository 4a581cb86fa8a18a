"""Writes the report: one HTML file that opens offline, without scripts."""

from __future__ import annotations

from pathlib import Path

import jinja2

from host.analysis.language_fair.explanation import explain_languages, left_out
from host.analysis.language_fair.names import language_name
from host.analysis.results import Comparison
from host.analysis.score.differences import MIN_SAMPLES
from host.analysis.timing.sustained import measure_sustained
from host.analysis.upkeep import measure_upkeep
from host.analysis.verdict import need, samples_need
from host.report import numbers, upkeep
from host.report.page import make_page
from host.report.sources import span


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
            "score_interval",
            "points",
            "points_interval",
            "ratio",
            "ratio_interval",
            "factor",
            "factor_interval",
            "millijoules",
            "millijoules_interval",
            "signed_millijoules",
            "percent",
            "margin",
            "size",
            "digest",
        )
    }
    text = environment.get_template("report.html.j2").render(
        page=make_page(comparison),
        need=need,
        samples_need=samples_need,
        span=span,
        min_samples=MIN_SAMPLES,
        explain_languages=explain_languages,
        language_name=language_name,
        left_out=left_out,
        upkeep_of=measure_upkeep,
        sustained_of=measure_sustained,
        upkeep_text=upkeep,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
