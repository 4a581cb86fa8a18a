"""Finds variants of a design that nothing can be compared with, before anything is measured."""

from __future__ import annotations

from collections.abc import Iterator

from host.studies.design import level_of, stratum_of
from host.studies.schema import Study


def without_partner(study: Study) -> Iterator[str]:
    """Yield, in words, each variant that shares seed and stratum with none of the reference's.

    And each of the reference that shares them with none of another level. A recipe or format that
    was changed for one variant alone does that.

    Args:
        study: With a design, or none.
    """
    if study.design is None:
        return
    factor, reference = study.design.factor, study.design.reference
    places: dict[tuple[str, int | None], set[str]] = {}
    for variant in study.variants.values():
        place = stratum_of(variant), variant.seed
        places.setdefault(place, set()).add(level_of(variant, factor))
    for name, variant in study.variants.items():
        stratum, level = stratum_of(variant), level_of(variant, factor)
        there = places[stratum, variant.seed]
        wanted = "other level" if level == reference else reference
        if there == {level} or reference not in there:
            seed = "" if variant.seed is None else f", seed {variant.seed}"
            yield f"{name} ({stratum}{seed}): no {wanted} is there to compare it with."
