"""Writes small training files in the forms that are published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write(path: Path, text: str) -> Path:
    """Write a text file, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_json_lines(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write an object a line."""
    return write(path, "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))


def write_squad(path: Path, context: str, questions: Sequence[dict[str, Any]]) -> Path:
    """Write one paragraph with its questions."""
    asked = [
        {"id": f"q{number}", "question": "Who?", **question}
        for number, question in enumerate(questions)
    ]
    document = {"data": [{"paragraphs": [{"context": context, "qas": asked}]}]}
    return write(path, json.dumps(document, ensure_ascii=False))
