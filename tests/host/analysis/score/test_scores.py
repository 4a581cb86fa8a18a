"""Scores are averaged as the benchmark does, and unscored is never 0."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.bundle import load_bundle
from host.analysis.score.scores import average, cell_scores, task_scores
from tests.host.bundles import SMALL, make_bundle


def test_averages_are_unweighted_over_languages_then_tasks(tmp_path: Path) -> None:
    """A task with many languages weighs as much as one with a single one."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))
    cells = cell_scores(bundle, "english-int8")
    tasks = task_scores(cells.values())
    xnli = next(task for task in tasks if task.task == "xnli")
    both = [cells["xnli", "en"].score, cells["xnli", "hi"].score]
    assert xnli.score == pytest.approx(sum(s for s in both if s is not None) / 2)
    assert average(tasks) == pytest.approx(sum(t.score or 0 for t in tasks) / 5)


def test_a_cell_without_gold_is_unscored_with_its_reason(tmp_path: Path) -> None:
    """It is listed, and stays out of the mean by name."""
    plan = replace(SMALL, no_gold=(("xnli", "hi"), ("xcopa", "tr")))
    cells = cell_scores(load_bundle(make_bundle(tmp_path / "b", plan)), "english-int8")
    assert cells["xnli", "hi"].score is None
    assert "no gold" in (cells["xnli", "hi"].unscored or "")
    tasks = {task.task: task for task in task_scores(cells.values())}
    assert tasks["xnli"].languages == ("en",)
    assert tasks["xnli"].unscored == ("hi",)
    assert tasks["xcopa"].score is None
    assert average(tasks.values()) is not None


def test_a_cancelled_run_lists_what_it_did_not_score(tmp_path: Path) -> None:
    """Cells that were planned and not reached are unscored, because the run was cancelled."""
    bundle = load_bundle(make_bundle(tmp_path / "b", replace(SMALL, stop_after=30)))
    cells = cell_scores(bundle, "multilingual-int8")
    assert cells["tatoeba", "zh"].unscored == "the run is cancelled without it"


def test_nothing_scored_has_no_average() -> None:
    """The mean of nothing is None."""
    assert average([]) is None


def test_performance_mode_alone_has_no_cells(tmp_path: Path) -> None:
    """Without accuracy mode no cell was planned, so none is unscored."""
    bundle = load_bundle(make_bundle(tmp_path / "b", replace(SMALL, modes=("performance",))))
    assert cell_scores(bundle, "english-int8") == {}


def test_a_pure_pool_is_no_language(tmp_path: Path) -> None:
    """Mewsli-X's candidates have a dataset of their own, without a query and without a score."""
    plan = replace(SMALL, cells={"mewslix": ("en", "ar")})
    bundle = load_bundle(make_bundle(tmp_path / "b", plan))
    assert ("mewslix", "mul") in {(d.task, d.language) for d in bundle.spec.datasets}
    cells = cell_scores(bundle, "english-int8")
    assert [language for _, language in cells] == ["en", "ar"]
    (task,) = task_scores(cells.values())
    assert task.unscored == ()


def test_a_cell_counts_the_samples_that_have_gold(tmp_path: Path) -> None:
    """Of eight drawn queries one has gold: the score is of one, and marked."""
    folder = make_bundle(tmp_path / "b", replace(SMALL, modes=("accuracy",)))
    bundle = load_bundle(folder)
    gold = dict(bundle.gold["xquad", "de"])
    first = dict([next(iter(gold.items()))])
    few = replace(bundle, gold={**bundle.gold, ("xquad", "de"): first})
    cell = cell_scores(few, "english-int8")["xquad", "de"]
    assert (cell.samples, cell.queries, cell.available) == (1, 8, 1000)
    assert cell.is_few
    assert cell.most == 993
