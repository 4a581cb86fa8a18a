"""An answer as Markdown, for docs and papers' notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from host.report.answer.document import Document, Section, Table


def write_markdown(document: Document, path: Path) -> Path:
    """Write the answer as one Markdown file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown(document), encoding="utf-8")
    return path


def markdown(document: Document) -> str:
    """Return the answer as Markdown."""
    parts = [f"# {_text(document.question)}", f"Study `{document.study}`."]
    parts += [f"> {_text(caveat)}" for caveat in document.caveats]
    for section in document.sections:
        parts.append(f"## {_text(section.title)}")
        parts += [f"**{_text(one.claim)}** {_text(one.figures)}" for one in section.said]
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
