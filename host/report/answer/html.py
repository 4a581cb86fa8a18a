"""An answer as one self-contained page: the answer first, then what it rests on."""

from __future__ import annotations

from pathlib import Path

import jinja2

from host.report.answer.document import Document


def write_page(document: Document, path: Path) -> Path:
    """Write the answer as one HTML file that opens offline, and return its path."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("host.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("answer.html.j2").render(document=document)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
