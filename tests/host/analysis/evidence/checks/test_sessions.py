"""Artifacts that nobody checked on the device are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import GoldenChecked, SessionOpened
from tests.host.analysis.evidence.forging import (
    Change,
    again,
    body,
    changed,
    forge,
    forge_spec,
    found,
    read_spec,
    without,
    without_all,
)
from tests.host.bundles import SMALL, make_bundle


def agreement(**changes: object) -> Callable[[GoldenChecked], GoldenChecked]:
    return lambda check: msgspec.structs.replace(
        check, overall=msgspec.structs.replace(check.overall, **changes)
    )


def loosened(check: GoldenChecked) -> GoldenChecked:
    tolerance = msgspec.structs.replace(check.tolerance, relative_error=9.0)
    return msgspec.structs.replace(check, tolerance=tolerance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without(GoldenChecked), "has no golden check of english-int8 with the artifact"),
        (without(GoldenChecked, -1), "has no golden check of english-int8-again with the artifact"),
        (without(SessionOpened), "has no session of english-int8 with the artifact"),
        (again(GoldenChecked), "has the golden check of english-int8"),
        (body(GoldenChecked, passed=False), "english-int8 failed its golden set, and yet"),
        (body(GoldenChecked, passed=False), "says english-int8 failed its golden set, its own"),
        (body(GoldenChecked, artifact="0" * 64), "which the spec lacks"),
        (body(SessionOpened, artifact="0" * 64), "a session of english-int8 with 000"),
        (body(SessionOpened, runtime="null"), "ran on null with 4 threads, the spec says onnx"),
        (body(SessionOpened, threads=1), "onnxruntime with 1 threads, the spec says onnxruntime"),
        (body(GoldenChecked, per_language={}), "another tolerance or other samples"),
        (changed(GoldenChecked, agreement(samples=1)), "another tolerance or other samples"),
        (changed(GoldenChecked, loosened), "another tolerance or other samples"),
    ],
)
def test_what_was_not_checked_is_found(folder: Path, change: Change, message: str) -> None:
    """Every artifact that ran has its session and its golden set, whole and passed."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


def test_performance_mode_alone_needs_its_golden_checks(tmp_path: Path) -> None:
    """Rounds use artifacts as samples do."""
    folder = make_bundle(tmp_path / "bundle", replace(SMALL, modes=("performance",)))
    texts = found(forge(folder, without_all(GoldenChecked)))
    # Three variants over five tasks.
    assert sum("has no golden check of" in text for text in texts) == 15


def test_the_null_runtime_has_no_golden_set(folder: Path) -> None:
    """It computes nothing, so there is nothing to repeat."""
    runtime = msgspec.structs.replace(read_spec(folder).runtime, name="null")
    forge_spec(folder, runtime=runtime)

    def on_null(events: list) -> list:
        return [
            msgspec.structs.replace(e, body=msgspec.structs.replace(e.body, runtime="null"))
            if isinstance(e.body, SessionOpened)
            else e
            for e in events
        ]

    assert found(forge(folder, on_null, without_all(GoldenChecked))) == []


def test_an_artifact_runs_on_the_runtime_of_its_format(folder: Path) -> None:
    """Where the spec names none, another engine than the format's own is noticed."""

    def on_litert(events: list) -> list:
        return [
            msgspec.structs.replace(e, body=msgspec.structs.replace(e.body, runtime="litert"))
            if isinstance(e.body, SessionOpened)
            else e
            for e in events
        ]

    texts = found(forge(folder, on_litert))
    assert any("ran on litert" in text and "the spec says onnxruntime" in text for text in texts)
