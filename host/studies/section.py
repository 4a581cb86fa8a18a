"""What every section of a study file is made of."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo


def resolve(path: str, folder: Path) -> Path:
    """Make a path of a study file absolute; a relative one starts at the file's folder."""
    home_expanded = os.path.expanduser(path)  # noqa: PTH111 (the Path method raises without a home)
    return Path(os.path.normpath(folder / home_expanded))


def _resolve(value: Any, info: ValidationInfo) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError("not a path")
    context: dict[str, Any] = info.context or {}
    return resolve(value, context["folder"])


def _empty_if_none(value: Any) -> Any:
    return {} if value is None else value


Text = Annotated[str, Field(min_length=1)]
Folder = Annotated[Path, BeforeValidator(_resolve)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Positive = Annotated[int, Field(ge=1, lt=2**31)]
Optional = BeforeValidator(_empty_if_none)
Frozen = AfterValidator(MappingProxyType)


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    """Base of every mapping in a study file: kebab-case, immutable, no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab)
