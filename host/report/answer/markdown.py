"""An answer as Markdown, for docs and papers' notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

from host.report.answer.document import Document, Section, Table
from host.report.charts.figure import Figure
from host.report.charts.standalone import standalone


def write_markdown(document: Document, path: Path) -> Path:
    """Write the answer as a Markdown file, its figures as SVG files beside it; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = count(1)

    def keep(figure: Figure) -> str:
        name = f"{path.stem}-{next(number)}.svg"
        (path.parent / name).write_text(standalone(figure), encoding="utf-8")
        return name

    path.write_text(markdown(document, keep), encoding="utf-8")
    return path


def markdown(document: Document, keep: Callable[[Figure], str] | None = None) -> str:
    """Return the answer as Markdown.

    Args:
        document: The answer.
        keep: Puts a figure somewhere and returns where that is; without it there are none.
    """
    parts = [f"# {_text(document.question)}", f"Study `{document.study}`."]
    parts += [f"> {_text(caveat)}" for caveat in document.caveats]
    for section in document.sections:
        parts.append(f"## {_text(section.title)}")
        parts += [f"**{_text(one.claim)}** {_text(one.figures)}" for one in section.said]
        if keep:
            parts += [
                f"![{_text(figure.caption)}]({quote(keep(figure))})\n\n*{_text(figure.caption)}*"
                for figure in section.figures
            ]
        parts += [_table(section.effects), _table(section.levels)]
        parts += [_table(section.scores)] if section.scores else []
        parts += [_table(table) for table in (*section.tasks, *section.languages)]
        parts += _lists(section)
    parts += ["## Design", _list(document.design)]
    return "\n\n".join(parts) + "\n"


def _lists(section: Section) -> Iterator[str]:
    for title, lines in (
        ("What can explain a difference in latency", section.explanations),
        ("What it cannot say", section.limits),
        ("Conditions", section.conditions),
    ):
        if lines:
            yield f"### {title}"
            yield _list(lines)
    yield f"Every figure is from {section.source}."


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {_text(line)}" for line in lines)


def _table(table: Table) -> str:
    head = f"| {' | '.join(map(_text, table.head))} |"
    rule = f"|{'|'.join(['---', *['---:'] * (len(table.head) - 1)])}|"
    rows = [f"| {' | '.join(map(_text, row))} |" for row in table.rows]
    return "\n".join([f"{_text(table.caption)}:", "", head, rule, *rows])


def _text(text: str) -> str:
    """Escape what Markdown would read as its own."""
    for mark in ("\\", "|", "*", "_", "<", "`"):
        text = text.replace(mark, f"\\{mark}")
    return text
