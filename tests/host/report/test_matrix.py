"""Task × language tables mark what is shown, and name what is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from host.analysis.results import Comparison
from host.report.matrix import difference_matrices, score_matrices
from tests.host.bundles import SMALL, VariantPlan
from tests.host.report.conftest import PLAN, comparison_of


def test_every_variant_has_every_task_and_language(comparison: Comparison) -> None:
    """One matrix a variant, one row a task, one column a language, absent cells included."""
    matrices = score_matrices(comparison.runs[0])
    assert [m.name for m in matrices] == [v.name for v in comparison.runs[0].variants]
    assert [row.task for row in matrices[0].rows] == list(PLAN.cells)
    for row in matrices[0].rows:
        kinds = dict(zip(matrices[0].languages, (c.kind for c in row.cells), strict=True))
        assert (kinds["hi"] == "unscored") == (row.task == "xnli")
        absent = {language for language, kind in kinds.items() if kind == "absent"}
        assert absent == set(matrices[0].languages) - set(PLAN.cells[row.task])


def test_all_variants_share_one_colour_scale(comparison: Comparison) -> None:
    """The best score of the run is hottest, the worst is plain."""
    matrices = score_matrices(comparison.runs[0])
    cells = [c for m in matrices for row in m.rows for c in row.cells if c.kind == "score"]
    best = max(cells, key=lambda cell: float(cell.text))
    worst = min(cells, key=lambda cell: float(cell.text))
    assert (best.heat, worst.heat) == (100, 0)


def test_a_shown_difference_is_marked_by_more_than_colour(tmp_path: Path) -> None:
    """What stands after Holm has a sign of its own; the rest has none."""
    variants = (VariantPlan("a"), VariantPlan("b", gain=30.0), VariantPlan("c", gain=-30.0))
    plan = replace(PLAN, variants=variants, baseline="a", samples=80, modes=("accuracy",))
    better, worse = difference_matrices(comparison_of(tmp_path, plan).runs[0])
    for matrix, mark, kind in ((better, "▲", "better up"), (worse, "▼", "worse down")):
        marked = [c for row in matrix.rows for c in row.cells if c.text.startswith(mark)]
        assert marked
        assert {c.kind for c in marked} == {kind}
        assert all("after Holm 0.0" in c.detail for c in marked)


def test_unscored_languages_are_grouped_by_task_and_reason(tmp_path: Path) -> None:
    """A task without any gold is one line, not one for each language."""
    plan = replace(SMALL, no_gold=(("xnli", "en"), ("xnli", "hi")))
    (matrix, *_) = score_matrices(comparison_of(tmp_path, plan).runs[0])
    assert matrix.unscored == ("xnli en, hi: the data has no gold for this language",)


def test_nothing_scored_has_no_matrix(tmp_path: Path) -> None:
    """An empty table says nothing; the page says it in words."""
    run = comparison_of(tmp_path, replace(SMALL, modes=("performance",))).runs[0]
    assert score_matrices(run) == difference_matrices(run) == ()


def test_sizes_and_pools_stand_in_the_rows(tmp_path: Path) -> None:
    """How many samples of how many, among what, and how it was stored; a pool is no column."""
    plan = replace(SMALL, cells={"mewslix": ("en", "ar"), "bucc2018": ("de",)}, modes=("accuracy",))
    (matrix, *_) = score_matrices(comparison_of(tmp_path, plan).runs[0])
    assert matrix.languages == ("en", "ar", "de")
    notes = {row.task: row.notes.replace("\u202f", " ") for row in matrix.rows}
    assert notes["mewslix"] == (
        "map@20 · 8† of 1 000 samples · among 8 of 1,003,893 candidates: not comparable with "
        "published scores · vectors stored as float16"
    )
    assert "threshold fitted on the development set" in notes["bucc2018"]
