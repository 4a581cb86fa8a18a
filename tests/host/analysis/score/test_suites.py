"""Suite averages are the benchmark's, and say what of the suite they are over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from host.analysis.bundle import Cell
from host.analysis.score.pools import Lookup
from host.analysis.score.scores import CellScore
from host.analysis.score.suites import counted, suite_average, suite_averages
from host.scoring.benchmark import SuiteName, tasks_of

FULL = Lookup(
    candidates=1_003_893,
    available=1_003_893,
    reduced=False,
    languages=None,
    planned_languages=None,
    precision="float32",
    threshold=None,
)


def cell(task: str, language: str, score: float | None = 50.0) -> CellScore:
    return CellScore(
        task=task,
        language=language,
        split="test",
        samples=20_000,
        queries=20_000,
        available=20_000,
        metrics={},
        metric=None,
        score=score,
        unscored=None if score is not None else "no gold",
        lookup=None,
    )


def whole(suite: SuiteName) -> dict[Cell, CellScore]:
    return {(task, language): cell(task, language) for task, language in counted(suite)}


@pytest.mark.parametrize(("suite", "tasks"), [("xtreme", 9), ("xtreme-r", 10)])
def test_all_of_a_suite_on_full_data_is_complete(suite: SuiteName, tasks: int) -> None:
    """Nine and ten tasks; nothing is left to say."""
    found = suite_average(whole(suite), suite)
    assert (found.score, found.complete, found.limits) == (50.0, True, ())
    assert len(found.scored) == tasks
    assert found.coverage.startswith(f"complete: {tasks} of {tasks} tasks")


def test_the_average_is_over_languages_and_then_over_tasks() -> None:
    """XNLI (80 + 40) / 2 and XCOPA 20 make 40, not the mean of three cells."""
    cells = {
        ("xnli", "en"): cell("xnli", "en", 80.0),
        ("xnli", "de"): cell("xnli", "de", 40.0),
        ("xcopa", "et"): cell("xcopa", "et", 20.0),
    }
    found = suite_average(cells, "xtreme-r")
    assert found.score == pytest.approx(40.0)
    assert found.coverage == "partial: 2 of 10 tasks, 3 of 50 languages, 3 of 203 pairs"


def test_a_language_that_the_suite_does_not_count_stays_out() -> None:
    """Lithuanian UDPOS is XTREME-R's alone."""
    cells = {("udpos", "lt"): cell("udpos", "lt", 10.0), ("udpos", "en"): cell("udpos", "en", 90.0)}
    xtreme, xtreme_r = suite_averages(cells)
    assert (xtreme.score, xtreme_r.score) == (90.0, 50.0)


def test_what_is_absent_and_unscored_is_named() -> None:
    """A task that was not run by its name, single languages by theirs."""
    cells = whole("xtreme-r")
    cells["panx", "th"] = cell("panx", "th", None)
    cells = {key: one for key, one in cells.items() if key[0] != "lareqa" and key != ("xnli", "sw")}
    found = suite_average(cells, "xtreme-r")
    assert not found.complete
    assert found.limits == ("not part of the run: xnli sw, lareqa", "unscored: panx th")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"queries": 19_999, "samples": 19_999}, "over subsets: xnli"),
        ({"samples": 99, "available": 99}, "over smaller data: xnli"),
        ({"split": "dev"}, "over split dev in place of test: xnli"),
        ({"lookup": replace(FULL, reduced=True)}, "over smaller pools: xnli"),
    ],
)
def test_less_than_the_benchmarks_data_is_never_complete(
    changes: dict[str, object], text: str
) -> None:
    """Although every task and language has a score."""
    cells = whole("xtreme")
    cells["xnli", "de"] = replace(cells["xnli", "de"], **changes)  # type: ignore[arg-type]
    found = suite_average(cells, "xtreme")
    assert (found.complete, found.limits) == (False, (text,))


def test_nothing_scored_has_no_average() -> None:
    """None, with every task named as absent."""
    found = suite_average({}, "xtreme")
    assert found.score is None
    assert len(found.limits[0].split(", ")) == len(tasks_of("xtreme"))
