"""Quantization recipes: a file is a recipe and its name, with dashes, the recipe's."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

from export.errors import ExportError

if TYPE_CHECKING:
    from export.recipes.protocol import Recipe

_NOT_RECIPES = {"protocol"}


def names() -> tuple[str, ...]:
    """Return every recipe's name, sorted, without importing any."""
    return tuple(
        sorted(
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(__path__)
            if module.name not in _NOT_RECIPES
        )
    )


def get(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        ExportError: There is no such recipe.
    """
    if name not in names():
        raise ExportError(
            f"There is no recipe {name!r}.", remedy=f"Use one of: {', '.join(names())}."
        )
    return cast("Recipe", importlib.import_module(f"{__name__}.{name.replace('-', '_')}"))
