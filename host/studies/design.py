"""A study's design as the run spec registers it: every variant's level, seed and stratum."""

from __future__ import annotations

from collections.abc import Mapping

from device_agent.contract.design import Design, Factor, Member
from host.studies.schema import Study, StudyVariant


def design_of(study: Study, parameters: Mapping[str, int]) -> Design | None:
    """Return the design; None where the study has none.

    Args:
        study: A study that holds.
        parameters: Per variant, trained weights of its largest artifact.
    """
    settings = study.design
    if settings is None:
        return None
    return Design(
        question=" ".join(study.question.split()),
        factor=settings.factor,
        reference=settings.reference,
        trend=settings.trend,
        members=tuple(
            Member(
                variant=name,
                level=level_of(variant, settings.factor),
                seed=variant.seed,
                stratum=stratum_of(variant),
                x=_place(variant, settings.trend, parameters.get(name)),
            )
            for name, variant in study.variants.items()
        ),
    )


def level_of(variant: StudyVariant, factor: Factor) -> str:
    """Return a variant's level: its regime, or how many intermediate tasks it has."""
    return variant.regime if factor == "regime" else str(len(variant.intermediate_tasks))


def stratum_of(variant: StudyVariant) -> str:
    """Return what a variant shares with those that it may be compared with, in words."""
    recipe = variant.recipe
    recipes = [recipe] if isinstance(recipe, str) else list(dict.fromkeys(recipe.values()))
    parts = [variant.base_model or "", "+".join(recipes)]
    if variant.format != "onnx":
        parts.append(variant.format)
    return " ".join(filter(None, parts))


def _place(variant: StudyVariant, trend: str | None, parameters: int | None) -> float | None:
    if trend == "intermediate-tasks":
        return float(len(variant.intermediate_tasks))
    return None if parameters is None else float(parameters)
