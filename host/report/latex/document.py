"""Writes a comparison's tables as one LaTeX file."""

from __future__ import annotations

from pathlib import Path

from host.analysis.results import Comparison
from host.report.latex.languages import MACROS, language_tables
from host.report.latex.table import ENVIRONMENT
from host.report.latex.tasks import task_tables
from host.report.latex.verdicts import verdict_table

_HOW = "% Made by xtreme-edge. Use: \\usepackage{booktabs,textcomp} and \\input of this file."


def write_latex(comparison: Comparison, path: Path) -> Path:
    """Write the tables, which a paper takes in as one file, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(latex(comparison), encoding="utf-8")
    return path


def latex(comparison: Comparison) -> str:
    """Return the tables of all runs: verdicts, tasks, and task by language per candidate."""
    parts = [*preamble(), *MACROS]
    for run in comparison.runs:
        tables = [verdict_table(run), *task_tables(run), *language_tables(run)]
        parts.append(f"% run {run.bundle.spec.run_id}, bundle {run.bundle.digest}")
        parts += [table.render() for table in tables]
    return "\n\n".join(parts) + "\n"


def preamble() -> tuple[str, str]:
    """Return what every file of tables begins with."""
    return _HOW, rf"\providecommand{{{ENVIRONMENT}}}{{table}}"
