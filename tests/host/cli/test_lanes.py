"""The view of several jobs: lines with names, a row each in a terminal, and Ctrl-C."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from host.cli import lanes as module
from host.cli.lanes import Lanes


def console(*, terminal: bool = False) -> tuple[Console, io.StringIO]:
    output = io.StringIO()
    return Console(file=output, force_terminal=terminal, width=60, highlight=False), output


def test_each_line_names_its_job_once() -> None:
    """What begins with the name already is not given it again."""
    shown, output = console()
    with Lanes(["pi5", "jetson"], shown) as lanes:
        lanes["pi5"].say("send 3 blobs")
        lanes["jetson"].say("jetson: 2 cores")
    assert output.getvalue().splitlines() == ["pi5: send 3 blobs", "jetson: 2 cores"]


def test_long_lines_are_not_broken() -> None:
    """Whoever reads the log searches for whole lines."""
    shown, output = console()
    with Lanes(["pi5"], shown) as lanes:
        lanes["pi5"].say("word " * 40)
    assert len(output.getvalue().splitlines()) == 1


def test_progress_without_a_terminal_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every packet is a line, and the first is not at the end."""
    now_s = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s)
    shown, output = console()
    with Lanes(["pi5"], shown) as lanes:
        for sent in range(0, 100, 10):
            now_s += 1.0
            lanes["pi5"].sent(sent * 1_000_000, 100_000_000)
    assert output.getvalue().splitlines() == ["pi5: 50.0 MB of 100.0 MB sent (50%)"]


def test_what_was_said_is_not_told_again_as_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that took long is one line, however long ago the last one was."""
    now_s = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s)
    shown, output = console()
    with Lanes(["pi5"], shown) as lanes:
        now_s += 60.0
        lanes["pi5"].say("golden set 3 of 54 passed")
        lanes["pi5"].show("golden set 3 of 54 passed")
        lanes["pi5"].show("accuracy")
    assert output.getvalue().splitlines() == ["pi5: golden set 3 of 54 passed", "pi5: accuracy"]


def test_a_terminal_has_a_row_for_each() -> None:
    """Name, bar and text; a lane that has told nothing has its name."""
    shown, _ = console(terminal=True)
    lanes = Lanes(["pi5", "jetson"], shown)
    lanes["pi5"].sent(25, 100)
    sheet, printed = console()
    sheet.print(lanes.table())
    first, second = printed.getvalue().splitlines()
    assert first.startswith("pi5")
    assert "sent (25%)" in first
    assert second.strip() == "jetson"


def test_after_ctrl_c_the_next_word_ends_the_job() -> None:
    """A job is stopped where it tells something, which is between two steps."""
    shown, output = console()
    with Lanes(["pi5"], shown) as lanes:
        lanes.stop()
        with pytest.raises(KeyboardInterrupt):
            lanes["pi5"].say("more")
        with pytest.raises(KeyboardInterrupt):
            lanes["pi5"].sent(1, 2)
    assert output.getvalue() == ""
