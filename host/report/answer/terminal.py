"""An answer in a terminal: the sentences, the effects, what it cannot say."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from host.report.answer.document import Document, Table
from host.report.terminal import WIDTH, verdict_style


def print_document(document: Document) -> None:
    """Print the answer on stdout, in colour where that is a terminal."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, width=WIDTH)
    console.print(Text(document.question, style="bold"))
    for caveat in document.caveats:
        console.print(Text(f"! {caveat}", style="yellow"))
    for section in document.sections:
        console.print(Text(f"\n{section.title}", style="dim"))
        for one in section.said:
            console.print(Text(one.claim, style="bold"), Text(one.figures))
        console.print(_table(section.effects))
        console.print(_table(section.levels))
        if section.scores:
            console.print(_table(section.scores))
        for line in (*section.explanations, *section.limits):
            console.print(Text(f"· {line}", style="dim"))


def _table(table: Table) -> RichTable:
    drawn = RichTable(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for index, name in enumerate(table.head):
        drawn.add_column(name, justify="left" if index == 0 else "right", overflow="fold")
    for row in table.rows:
        cells = [
            Text(cell, style=verdict_style(cell) if index in table.verdicts else "")
            for index, cell in enumerate(row)
        ]
        drawn.add_row(*cells)
    return drawn
