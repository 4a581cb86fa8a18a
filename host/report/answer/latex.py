"""An answer's tables as LaTeX, one file that a paper takes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from host.report.answer.document import Document, Section, Table
from host.report.latex.document import preamble
from host.report.latex.table import LatexTable, head, label_of
from host.report.latex.text import escape

_WIDE = 6
"""From so many columns on a table is set smaller."""


def write_latex(document: Document, path: Path) -> Path:
    """Write the tables and return the file's path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(latex(document), encoding="utf-8")
    return path


def latex(document: Document) -> str:
    """Return every table of every section, with what was found above them as a comment."""
    parts = list(preamble())
    for number, section in enumerate(document.sections, 1):
        parts += [f"% {one.claim} {one.figures}" for one in section.said]
        parts.append(f"% {section.source}")
        for index, table in enumerate(_tables(section), 1):
            label = label_of(document.study, str(number), str(index))
            parts.append(_latex(table, f"{section.title}. {table.caption}.", label).render())
    return "\n\n".join(parts) + "\n"


def _tables(section: Section) -> Iterator[Table]:
    yield section.effects
    yield section.levels
    if section.scores:
        yield section.scores
    yield from (*section.tasks, *section.languages)


def _latex(table: Table, caption: str, label: str) -> LatexTable:
    return LatexTable(
        label=label,
        caption=escape(caption),
        columns="l" + "r" * (len(table.head) - 1),
        head=head(*table.head),
        rows=[[escape(cell) for cell in row] for row in table.rows],
        small=len(table.head) >= _WIDE,
    )
