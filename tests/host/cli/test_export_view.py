"""What a study's export shows while it goes on."""

from __future__ import annotations

import pytest

from export.request import Action, ExportStep
from host.artifacts.export import StudyStep
from host.cli.export_view import ExportView


def test_without_a_terminal_each_artifact_is_a_plain_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What begins and what ends, on standard error; no step between them."""
    steps: list[tuple[int, Action, str | None]] = [
        (1, "check", None),
        (2, "check", None),
        (1, "up-to-date", "fp32"),
        (2, "load", None),
        (2, "trace", None),
        (2, "quantize", "fp32"),
        (2, "done", "fp32"),
        (2, "failed", "int8-dynamic"),
    ]
    with ExportView(("english/xnli", "english/udpos"), 3) as view:
        for number, action, recipe in steps:
            view(StudyStep(number, 2, ExportStep("name", action, recipe)))
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "[1/2] english/xnli: up to date fp32",
        "[2/2] english/udpos: running the checkpoint",
        "[2/2] english/udpos: done fp32",
        "[2/2] english/udpos: failed int8-dynamic",
    ]
