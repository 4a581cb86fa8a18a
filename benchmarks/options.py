"""Options that several benchmarks take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def data_option(holds: str) -> Callable[[Any], Any]:
    """Return the option for the folder with real data.

    Args:
        holds: What the benchmark needs of it.
    """
    return click.option(
        "--data",
        envvar="XTREME_EDGE_DATA",
        required=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help=f"Folder with {holds}.",
    )
