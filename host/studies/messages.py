"""Turns what the schema refuses into mistakes: the place, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from host.studies.marked_yaml import Location, MarkedYaml, written
from host.studies.mistakes import Mistake, did_you_mean, nearest, one_of, shown
from host.studies.outline import choices, keys, place_at, sections
from host.studies.schema import NAME_RULE


def schema_mistakes(error: ValidationError, document: MarkedYaml) -> Iterator[Mistake]:
    """Yield each refusal once, where it stands in the document."""
    refusals = error.errors(include_url=False, include_context=False, include_input=False)
    unknown = [refusal["loc"] for refusal in refusals if refusal["type"] == "extra_forbidden"]
    meant = set()
    for location in unknown:
        message, key = _unknown_key(location, document)
        meant.add((*location[:-1], key))
        yield Mistake(document.key(location), message)
    for refusal in refusals:
        location, type_ = refusal["loc"], refusal["type"]
        if type_ == "missing":
            # A mistyped key is one mistake, not an unknown key and a missing one.
            if location not in meant:
                message = f"{location[-1]} is missing, expected {_expected(location)}"
                yield document.key_mistake(location[:-1], message)
        elif location[-1:] == ("[key]",) and type_.startswith("string"):
            message = f"found the name {shown(location[-2])}, expected {NAME_RULE}"
            yield document.key_mistake(location[:-1], message)
        elif type_ == "too_short" and document.at(location):
            # Items that were refused already leave it empty.
            continue
        elif type_ != "extra_forbidden":
            yield document.mistake(location, _unfit(location, document))


def _unknown_key(location: Location, document: MarkedYaml) -> tuple[str, str | None]:
    """Return the message, and the missing key that was meant."""
    key, parent = str(location[-1]), location[:-1]
    message = f"{written(parent)}: unknown key {shown(key)}"
    for words, section in sections().items():
        if key in keys(section):
            return f"{message}; it belongs under {words}", None
    present = document.mapping(*parent)
    known = keys(place_at(parent).section)
    meant = nearest(key, [name for name in known if name not in present])
    return message + (f"; did you mean {meant}?" if meant else f", expected {one_of(known)}"), meant


def _unfit(location: Location, document: MarkedYaml) -> str:
    found = document.at(location)
    field = place_at(location).field
    hint = did_you_mean(found, choices(field.annotation)) if field else ""
    return f"found {shown(found)}, expected {_expected(location)}{hint}"


def _expected(location: Location) -> str:
    place = place_at(location)
    if place.section:
        return f"a mapping of {', '.join(keys(place.section))}"
    return (place.field and place.field.description) or "another value"
