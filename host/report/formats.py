"""The formats of `host report`: how each is asked for, and what writes it.

A writer is imported when it is used: one needs pyarrow, another Hugging Face's library.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host.analysis.results import Comparison

SUBMISSION = "submission"


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        output: Where it goes if nothing else is said; without a suffix it is a folder.
        writer: `module:function`, which takes a comparison and that path.
    """

    output: str
    writer: str

    @property
    def is_folder(self) -> bool:
        """Whether it consists of several files."""
        return not Path(self.output).suffix

    def write(self, comparison: Comparison, output: Path) -> tuple[Path, ...]:
        """Write it; return the files."""
        module, _, function = self.writer.partition(":")
        written = getattr(importlib.import_module(module), function)(comparison, output)
        return (written,) if isinstance(written, Path) else tuple(written)


FORMATS: Mapping[str, Format] = {
    "html": Format("report.html", "host.report.html:write_report"),
    "markdown": Format("report.md", "host.report.markdown:write_markdown"),
    "csv": Format("report-csv", "host.report.csv_files:write_csv"),
    "parquet": Format("report-parquet", "host.report.parquet_files:write_parquet"),
    "latex": Format("report.tex", "host.report.latex.document:write_latex"),
    "model-card": Format("model-cards", "host.report.model_card:write_model_cards"),
    "mlperf": Format("mlperf_log_summary.txt", "host.report.mlperf:write_mlperf"),
}
"""By name; a submission is not among them, because it takes one bundle's one variant."""

_BY_SUFFIX = {".html": "html", ".md": "markdown", ".tex": "latex", ".txt": "mlperf", "": "csv"}


def format_of(output: Path) -> str | None:
    """Return the format that a path tells, None if it tells none; a folder gets CSV files."""
    return _BY_SUFFIX.get(output.suffix)
