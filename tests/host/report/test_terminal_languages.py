"""What languages cost, in the terminal: a table on request, or why there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from host.report.terminal import LINES, render_comparison
from tests.host.bundles import SMALL
from tests.host.report.conftest import comparison_of

PLAN = replace(
    SMALL, cells={"xnli": ("en", "hi", "de")}, samples=16, queries=24, rounds=6, parallel=True
)


def test_one_sentence_by_default_and_a_table_on_request(tmp_path: Path) -> None:
    """The default keeps its 24 lines."""
    comparison = comparison_of(tmp_path, PLAN)
    short = render_comparison(comparison)
    assert "Hindi costs 1.6× English per sentence with the same model: 1.8× the tokens" in short
    assert short.count("\n") <= LINES
    text = render_comparison(comparison, languages=True)
    assert text.startswith(short)
    assert "× en  rows  per sentence" in text
    rows = [line.split()[0] for line in text[len(short) :].splitlines() if line]
    assert rows.index("hi") < rows.index("de")
    assert all(len(line) <= 100 for line in text.splitlines())


def test_rows_that_do_not_match_are_told_with_the_reason(tmp_path: Path) -> None:
    """No factor is made of other sentences."""
    text = render_comparison(comparison_of(tmp_path, replace(PLAN, parallel=False)), languages=True)
    assert "No task here has the same rows in two languages." in text
    assert "labels differ from those of en" in text


def test_without_latency_there_is_a_reason(tmp_path: Path) -> None:
    """Accuracy mode measured none."""
    comparison = comparison_of(tmp_path, replace(PLAN, modes=("accuracy",)))
    assert "latency was not measured" in render_comparison(comparison, languages=True)


def test_sessions_share_one_verdict(tmp_path: Path) -> None:
    """And each session its own figures below it."""
    plans = [replace(PLAN, session=n, run_id=f"s{n}") for n in (1, 2, 3)]
    text = render_comparison(comparison_of(tmp_path, *plans))
    assert "1 device, 3 runs" in text
    assert "Over 3 sessions: multilingual-int8" in text
    assert all(f"\n  s{n}: ratio " in text for n in (1, 2, 3))
