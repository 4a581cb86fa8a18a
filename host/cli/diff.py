"""`host diff`: in what two artifacts differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from host.cli.console import data, json_data
from host.cli.options import json_option

if TYPE_CHECKING:
    from host.artifacts.difference import Comparison

_DIFFERS = 3
_WIDTH = 60


@click.command()
@click.argument("first", metavar="ARTIFACT", type=click.Path(path_type=Path))
@click.argument("second", metavar="ARTIFACT", type=click.Path(path_type=Path))
@click.option(
    "--exit-code", is_flag=True, help="Exit with code 3 where they do not compute the same."
)
@json_option
def command(first: Path, second: Path, *, exit_code: bool, as_json: bool) -> None:
    """Say whether two artifacts compute the same, and list in what they differ.

    The files of both are checked first. Where graph, quantization and vocabulary are the same and
    only the weights are others, a difference in latency has another cause than the computation.

    Example: host diff results/demo/artifacts/english/xnli results/demo/artifacts/multilingual/xnli
    """
    from host.artifacts.difference import compare
    from host.artifacts.opened import open_artifact

    found = compare(open_artifact(first), open_artifact(second))
    if as_json:
        json_data(_row(found))
    else:
        data(found.sentence)
        for line in _lines(found):
            data(line)
    if exit_code and not found.same_computation:
        click.get_current_context().exit(_DIFFERS)


def _row(found: Comparison) -> dict[str, object]:
    return {
        "same_artifact": found.same_artifact,
        "same_computation": found.same_computation,
        "same_graph": found.same_graph,
        "same_quantization": found.same_quantization,
        "same_vocabulary": found.same_vocabulary,
        "same_weights": found.same_weights,
        "denormals": list(found.denormals),
        "sentence": found.sentence,
        "differences": [
            {"part": one.part, "what": one.what, "first": one.first, "second": one.second}
            for one in found.differences
        ],
    }


def _lines(found: Comparison) -> list[str]:
    """List the differences by part, in two columns under what they are of."""
    lines: list[str] = []
    part = None
    width = max((len(one.what) for one in found.differences), default=0)
    for one in found.differences:
        if one.part != part:
            part = one.part
            lines.append(f"{part}:")
        lines.append(f"  {one.what:<{width}}  {_words(one.first)}  |  {_words(one.second)}")
    return lines


def _words(value: Any) -> str:
    """Return a value in a few words; a digest by its beginning."""
    if value is None:
        return "none"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(_words(inner) for inner in value) or "none"
    text = str(value)
    if len(text) == 64 and all(letter in "0123456789abcdef" for letter in text):
        return text[:12]
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
