"""Loads one language's lexicon and checks that it translates every concept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from device_agent.contract.errors import DataError
from host.demo.corpus import concepts

_FOLDER = Path(__file__).parent / "lexicon"
_FORMS = {"m": 0, "f": 1, "n": 2}


@dataclass(frozen=True)
class Lexicon:
    """One language's words and sentence templates, in the notation of `markup`.

    Attributes:
        joiner: What stands between words in running text; empty in Chinese.
        companions: Names in the case that "together with" asks for.
        forms: For each noun the index of its gender among `m|f|n`; empty without gender.
        hours: How the clock's hour is written; digits unless the language inflects them.
    """

    language: str
    names: dict[str, str]
    companions: dict[str, str]
    roles: dict[str, str]
    verbs: dict[str, str]
    verbs_not: dict[str, str]
    nouns: dict[str, str]
    something: str
    colours: dict[str, str]
    objects: dict[str, str]
    places: dict[str, str]
    times: dict[str, str]
    hours: dict[int, str]
    predicates: dict[str, str]
    templates: dict[str, str]
    joiner: str = " "
    forms: dict[str, int] = field(default_factory=dict)


@cache
def load(language: str) -> Lexicon:
    """Return the lexicon of one language.

    Raises:
        DataError: There is none, or it does not translate every concept.
    """
    path = _FOLDER / f"{language}.yaml"
    if not path.is_file():
        raise DataError(
            f"There is no lexicon for {language!r}.",
            remedy=f"Use one of: {', '.join(concepts.LANGUAGES)}.",
        )
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    genders = content.pop("genders", {})
    content["forms"] = {
        noun: _FORMS[gender] for gender, nouns in genders.items() for noun in nouns.split()
    }
    content.setdefault("companions", content["names"])
    content.setdefault("verbs_not", content["verbs"])
    content.setdefault("hours", {hour: str(hour) for hour in concepts.HOURS})
    lexicon = Lexicon(language=language, **content)
    _check(lexicon, gendered=bool(genders))
    return lexicon


def _check(lexicon: Lexicon, *, gendered: bool) -> None:
    """Compare each table's keys with the concepts."""
    expected: dict[str, tuple[Any, ...]] = {
        "names": concepts.NAMES,
        "companions": concepts.NAMES,
        "verbs": tuple(concepts.OBJECTS),
        "verbs_not": tuple(concepts.OBJECTS),
        "nouns": concepts.NOUNS,
        "forms": concepts.NOUNS if gendered else (),
        "colours": concepts.COLOURS,
        "places": concepts.PLACES,
        "hours": concepts.HOURS,
        "predicates": concepts.PREDICATES,
    }
    for table, keys in expected.items():
        odd = set(keys) ^ set(getattr(lexicon, table))
        if odd:
            raise DataError(
                f"lexicon/{lexicon.language}.yaml: {table}: missing or unknown: {sorted(odd)}",
                remedy="Give every concept of host/demo/corpus/concepts.py one entry.",
            )
