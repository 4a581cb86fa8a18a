"""The five studies that ship: one file each, whose name is the study's with `_` for `-`."""

from __future__ import annotations

import importlib
import pkgutil

from host.studies.mistakes import StudyError, did_you_mean
from host.studies.templates.template import Template

_NOT_TEMPLATES = {"template", "render"}


def names() -> list[str]:
    """Return the studies that `host study init` knows."""
    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return sorted(name.replace("_", "-") for name in found - _NOT_TEMPLATES)


def get(name: str) -> Template:
    """Return one of them.

    Raises:
        StudyError: There is none of that name.
    """
    if name not in names():
        raise StudyError(
            f"There is no study {name!r} to begin with{did_you_mean(name, names())}",
            remedy=f"Name one of {', '.join(names())}.",
        )
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    template: Template = module.TEMPLATE
    return template
