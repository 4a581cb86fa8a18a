"""Whether a study's variants fit the design that it states."""

from __future__ import annotations

import json
from collections.abc import Iterator

from host.studies.marked_yaml import MarkedYaml
from host.studies.mistakes import Mistake, did_you_mean, one_of, shown


def design_mistakes(document: MarkedYaml) -> Iterator[Mistake]:
    """Yield what would leave the design without an answer."""
    design = document.mapping("design")
    factor = design.get("factor")
    if factor not in {"regime", "intermediate-tasks"}:
        return
    if design.get("trend") == "intermediate-tasks" and factor == "regime":
        yield document.mistake(
            ("design", "trend"),
            "found intermediate-tasks where the factor is regime, expected parameters, or the "
            "factor intermediate-tasks",
        )
    yield from _repeated(document)
    levels = {name: _level(document, name, str(factor)) for name in document.mapping("variants")}
    yield from _reference(document, str(design.get("reference")), list(levels.values()))
    yield from _twins(document, levels)


def _repeated(document: MarkedYaml) -> Iterator[Mistake]:
    scenarios = document.at(("design", "scenarios"))
    for index, scenario in enumerate(scenarios if isinstance(scenarios, list) else []):
        if isinstance(scenarios, list) and scenario in scenarios[:index]:
            at = ("design", "scenarios", index)
            yield document.mistake(at, f"{shown(scenario)} stands in this list already")


def _reference(document: MarkedYaml, reference: str, levels: list[str]) -> Iterator[Mistake]:
    there = sorted(set(levels))
    if reference in there or not there:
        return
    message = f"found {shown(reference)}, which no variant is, expected {one_of(there)}"
    at = ("design", "reference")
    yield document.mistake(at, f"{message}{did_you_mean(reference, there)}")


def _twins(document: MarkedYaml, levels: dict[str, str]) -> Iterator[Mistake]:
    """Two variants of one level, seed and size cannot be told apart."""
    first: dict[str, str] = {}
    for name, level in levels.items():
        variant = document.mapping("variants", name)
        shared = [variant.get(key) for key in ("seed", "base-model", "recipe", "format")]
        twin = first.setdefault(json.dumps([level, shared], sort_keys=True), name)
        if twin != name:
            message = f"the design cannot tell it from {twin}: the same level, base-model, recipe"
            remedy = "expected another seed, or a base-model of its own"
            yield document.key_mistake(("variants", name), f"{message} and seed; {remedy}")


def _level(document: MarkedYaml, name: str, factor: str) -> str:
    variant = document.mapping("variants", name)
    if factor == "regime":
        return str(variant.get("regime"))
    tasks = variant.get("intermediate-tasks")
    return str(len(tasks) if isinstance(tasks, list) else 0)
