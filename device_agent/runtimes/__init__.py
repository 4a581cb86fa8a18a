"""The engines: a file is a runtime and its name the runtime's; listing imports none of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from device_agent.contract.errors import DeviceError
from device_agent.distribution import installed_version

if TYPE_CHECKING:
    from device_agent.runtimes.protocol import OpenSession

_NOT_RUNTIMES = {"protocol"}

OF_FORMAT: Mapping[str, str] = {"litert": "litert", "onnx": "onnxruntime"}
"""The runtime that runs an artifact of a format; the null runtime takes any."""

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "litert": ("ai-edge-litert", "tflite-runtime"),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
}
"""What brings each engine, the first choice first."""


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


def chosen(name: str | None, of_format: str) -> str:
    """Return the name of the runtime for an artifact.

    Args:
        name: What the run asks for; None for the format's own.
        of_format: The artifact's format.

    Raises:
        DeviceError: That runtime does not run that format.
    """
    own = OF_FORMAT[of_format]
    if name not in (None, own, "null"):
        raise DeviceError(
            f"Runtime {name} was asked for, but an artifact of format {of_format} runs with {own}.",
            remedy="Leave `runtime: {name: ...}` out of the study file.",
        )
    return name or own


def installed(name: str) -> str | None:
    """Return distribution and version of a runtime's engine, without importing it."""
    for distribution in DISTRIBUTIONS.get(name, ()):
        if (version := installed_version(distribution)) is not None:
            return f"{distribution} {version}"
    return None


def for_format(of_format: str) -> OpenSession:
    """Return the function that opens a session for artifacts of a format."""
    return get(OF_FORMAT[of_format])
