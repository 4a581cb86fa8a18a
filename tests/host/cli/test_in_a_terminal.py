"""The long commands in a real terminal, where they draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.status import SignOfLife
from export.request import ExportStep
from host.artifacts.export import StudyStep
from host.cli.export_view import ExportView
from host.cli.live import RunView
from tests.device_agent.service.small_runs import small_spec
from tests.terminal import in_terminal
from tests.training_study import write_training_study


def test_an_export_is_drawn_and_ends(tiny_study: Path) -> None:
    """A picture while it lasts, and what there is after it."""
    shown = in_terminal("export", tiny_study)
    assert shown.code == 0, shown.text
    assert shown.drawn
    assert "up to date" in shown.text
    assert "0 of 10 artifacts" in shown.text


def test_training_is_drawn_and_ends(tmp_path: Path) -> None:
    """Phases while they last, and the checkpoints after them."""
    study = write_training_study(tmp_path)
    shown = in_terminal("train", study, "--only", "direct")
    assert shown.code == 0, shown.text
    assert shown.drawn
    assert "direct: xnli" in shown.text


def test_views_have_a_picture_from_the_first_moment(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """They are asked for one before they are told anything."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with ExportView(("english/xnli",), 1) as view:
        view(StudyStep(1, 1, ExportStep("name", "check", None)))
    with RunView(small_spec("r"), "pi5") as run:
        run.alive(SignOfLife(ahead=1))
    assert "0 of 1 artifacts" in capfd.readouterr().err
