"""The engines: a file is a runtime and its name the runtime's; listing imports none of them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

from device_agent.contract.errors import DeviceError

if TYPE_CHECKING:
    from device_agent.runtimes.protocol import OpenSession

_NOT_RUNTIMES = {"protocol"}


def names() -> tuple[str, ...]:
    """Return every runtime's name, sorted, without importing any."""
    return tuple(
        sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in _NOT_RUNTIMES)
    )


def get(name: str) -> OpenSession:
    """Return the function that opens a session of the named runtime.

    Raises:
        DeviceError: There is no such runtime.
    """
    if name not in names():
        raise DeviceError(
            f"There is no runtime {name!r}.", remedy=f"Use one of: {', '.join(names())}."
        )
    return cast("OpenSession", importlib.import_module(f"{__name__}.{name}").open_session)
