"""Turns a chart of a page into a file of its own, for pages that are not ours."""

from __future__ import annotations

from importlib.resources import files

from host.report.charts.figure import Figure


def standalone(figure: Figure) -> str:
    """Return the wide chart as an SVG document with the page's colours, light and dark."""
    sheet = files("host.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    colours, _, _ = sheet.partition("}")
    own = f"{colours}}}\nsvg {{ background: var(--paper); color: var(--ink); }}"
    opening, end, inner = str(figure.wide).partition(">")
    return f"{opening}{end}<style>\n{own}\n</style>{inner}\n"
