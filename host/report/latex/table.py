"""Lays out one booktabs table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from host.report.latex.text import escape

ENVIRONMENT = r"\xetable"
"""A paper of two columns sets it to `table*` before; some tables are 15 cm wide."""


@dataclass(frozen=True)
class LatexTable:
    """One table; all cells are LaTeX already.

    Attributes:
        label: What references take, without spaces.
        columns: Their alignment, `l` or `r` each.
        total: Rows below a rule of their own.
        small: Set smaller, for tables that fill a page.
    """

    label: str
    caption: str
    columns: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[Sequence[str]] = field(default=())
    small: bool = False

    def render(self) -> str:
        """Return the whole environment."""
        lines = [
            rf"\begin{{{ENVIRONMENT}}}[htbp]",
            r"\centering",
            r"\setlength{\belowcaptionskip}{4pt}",
            rf"\caption{{{self.caption}}}",
            rf"\label{{{self.label}}}",
            *([r"\footnotesize", r"\setlength{\tabcolsep}{3pt}"] if self.small else []),
            rf"\begin{{tabular}}{{@{{}}{self.columns}@{{}}}}",
            r"\toprule",
            self._row(self.head),
            r"\midrule",
            *(self._row(row) for row in self.rows),
            *([r"\midrule"] if self.total else []),
            *(self._row(row) for row in self.total),
            r"\bottomrule",
            r"\end{tabular}",
            rf"\end{{{ENVIRONMENT}}}",
        ]
        return "\n".join(lines)

    def _row(self, cells: Sequence[str]) -> str:
        assert len(cells) == len(self.columns)
        return " & ".join(cells) + r" \\"


def label_of(*parts: str) -> str:
    """Return a label of letters, digits, colons and hyphens."""
    joined = "-".join(parts)
    return "tab:" + "".join(c if c.isascii() and c.isalnum() else "-" for c in joined)


def head(*names: str) -> tuple[str, ...]:
    """Escape a table's column heads."""
    return tuple(escape(name) for name in names)
