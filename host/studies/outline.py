"""What the schema says about each location of a study file: its key, its words, its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from host.studies.marked_yaml import Location
from host.studies.schema import Study
from host.studies.section import Section


@dataclass(frozen=True)
class Place:
    """What the schema has at one location: the innermost field, the section that starts there."""

    field: FieldInfo | None
    section: type[Section] | None


def place_at(location: Location) -> Place:
    """Follow a location through the schema as far as that describes it."""
    field: FieldInfo | None = None
    section: type[Section] | None = Study
    element: type[Section] | None = None
    for part in location:
        if element and str(part) not in (fields_of(section) if section else ()):
            section, element = element, None
        elif section:
            field = fields_of(section).get(str(part))
            inner = _section_in(field.annotation) if field else None
            element = inner if field and _has_many(field.annotation) else None
            section = None if field and get_origin(field.annotation) is Mapping else inner
    return Place(field, section)


def sections() -> dict[str, type[Section] | None]:
    """Return every section by the words for where it stands."""
    locations: dict[str, Location] = {
        "the top of the file": (),
        "each task's settings": ("tasks", ""),
        "a variant": ("variants", ""),
        "a variant's pooling": ("variants", "", "pooling"),
        "performance": ("performance",),
        "runtime": ("runtime",),
        "seeds": ("seeds",),
        "design": ("design",),
        "training": ("training",),
        "each task's hyperparameters": ("training", "hyperparameters", ""),
        "a variant's training": ("variants", "", "training"),
        "a variant's masked-text": ("variants", "", "training", "masked-text"),
    }
    return {words: place_at(location).section for words, location in locations.items()}


def fields_of(section: type[Section]) -> dict[str, FieldInfo]:
    """Return a section's fields by the key that the file has for them."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def keys(section: type[Section] | None) -> list[str]:
    """Return a section's keys; none where there is no section."""
    return list(fields_of(section)) if section else []


def choices(annotation: Any) -> list[str]:
    """Return the words that an annotation allows, where it names them."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [choice for inner in get_args(annotation) for choice in choices(inner)]


def _has_many(annotation: Any) -> bool:
    """Tell whether a mapping from names to sections is what the annotation allows, or a part."""
    return get_origin(annotation) is Mapping or any(map(_has_many, get_args(annotation)))


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)
