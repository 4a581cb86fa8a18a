"""Quantization recipes: a file is a recipe and its name, with dashes, the recipe's.

A folder of a format's name holds that format's recipes, because the same recipe is other work in
another format, with other parameters and a tolerance of its own; ONNX's lie here.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

from export.errors import ExportError

if TYPE_CHECKING:
    from export.recipes.protocol import Recipe

_NOT_RECIPES = {"protocol"}
_AT_TOP = "onnx"


def names(of_format: str = _AT_TOP) -> tuple[str, ...]:
    """Return the names of a format's recipes, sorted, without importing any."""
    folders = [path if of_format == _AT_TOP else f"{path}/{of_format}" for path in __path__]
    return tuple(
        sorted(
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(folders)
            if module.name not in _NOT_RECIPES and not module.ispkg
        )
    )


def get(name: str, of_format: str = _AT_TOP) -> Recipe:
    """Return the recipe of that name for a format.

    Raises:
        ExportError: There is no such recipe, or none for that format.
    """
    if name not in names(of_format):
        raise ExportError(
            f"There is no recipe {name!r} for format {of_format}.",
            remedy=f"Use one of: {', '.join(names(of_format))}.",
        )
    folder = __name__ if of_format == _AT_TOP else f"{__name__}.{of_format}"
    return cast("Recipe", importlib.import_module(f"{folder}.{name.replace('-', '_')}"))
