"""Where talk and data go: talk to standard error, data to standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


def talk(text: str) -> None:
    """Tell the user something that is not data."""
    click.echo(text, err=True)


def data(text: str) -> None:
    """Print data for people."""
    click.echo(text)


def json_data(value: Any) -> None:
    """Print one JSON object for machines; escaped where the terminal cannot hold all characters."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    json.dump(value, sys.stdout, indent=2, ensure_ascii=not is_unicode, sort_keys=True)
    sys.stdout.write("\n")
    sys.stdout.flush()


def megabytes(size_bytes: int) -> str:
    """Return a size for people, in MB of 10^6 bytes."""
    return f"{size_bytes / 1e6:.1f} MB"


def duration(seconds: float) -> str:
    """Return a duration for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
