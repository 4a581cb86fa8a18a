"""Each artifact runs on the runtime of its format, unless the run asks for another that can."""

from __future__ import annotations

import pytest

from device_agent import runtimes
from device_agent.contract.errors import DeviceError


@pytest.mark.parametrize(
    ("name", "of_format", "expected"),
    [
        (None, "onnx", "onnxruntime"),
        (None, "litert", "litert"),
        ("litert", "litert", "litert"),
        ("null", "onnx", "null"),
        ("null", "litert", "null"),
    ],
)
def test_the_formats_own_runtime_unless_another_is_named(
    name: str | None, of_format: str, expected: str
) -> None:
    """The null runtime takes whatever there is."""
    assert runtimes.chosen(name, of_format) == expected


def test_a_runtime_that_cannot_run_the_format_is_refused() -> None:
    """Both are named, and the one that can."""
    with pytest.raises(DeviceError, match="onnxruntime .* format litert runs with litert"):
        runtimes.chosen("onnxruntime", "litert")


def test_every_format_has_a_runtime() -> None:
    """A format without one could be exported and never run."""
    from export import formats

    assert set(runtimes.OF_FORMAT) == set(formats.names())
    assert set(runtimes.OF_FORMAT.values()) <= set(runtimes.names())
