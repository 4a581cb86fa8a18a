"""Turns what the schema refuses into mistakes that name the place and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from host.studies.marked_yaml import Location, MarkedYaml
from host.studies.mistakes import Mistake, did_you_mean, one_of, shown
from host.studies.schema import _A_NAME, Study


def mistakes_of(error: ValidationError, document: MarkedYaml) -> Iterator[Mistake]:
    """Yield each refusal as what was found and what was expected, where it stands."""
    for details in error.errors(include_url=False, include_context=False):
        yield _mistake(details, document)


...
