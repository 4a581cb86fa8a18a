"""What a set of the five studies is made with: tasks, sizes, seeds, and how much of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from host.studies.templates.template import Level


@dataclass(frozen=True)
class Kit:
    """Everything but the designs, which are those that `host study init` writes.

    Attributes:
        tasks: Study to its tasks with their settings.
        sizes: Bases from small to large, with the layer whose mean embeds a sentence.
        languages: Of multilingual intermediate data.
        training: The section of every study file, without `data`.
        levels: Study to its levels, where they are not the template's.
    """

    tasks: Mapping[str, Mapping[str, Mapping[str, Any]]]
    sizes: Mapping[str, int]
    seeds: tuple[int, ...]
    languages: tuple[str, ...]
    training: Mapping[str, Any]
    performance: Mapping[str, int]
    levels: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)

    @property
    def largest(self) -> str:
        """The base of the studies that are about one size."""
        return list(self.sizes)[-1]
