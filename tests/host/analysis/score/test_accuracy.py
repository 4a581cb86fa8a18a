"""Score comparisons per task and language and on average, on bundles whose truth is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.measure.decision import Interval
from host.analysis.bundle import load_bundle
from host.analysis.evidence.recompute import collect_predictions
from host.analysis.score.accuracy import compare_accuracy, decide
from host.analysis.score.differences import MIN_SAMPLES, AccuracyComparison
from host.analysis.score.resampling import resample
from host.analysis.score.scores import cell_scores
from tests.host.bundles import Plan, VariantPlan, make_bundle

ACCURACY = replace(Plan(), modes=("accuracy",), samples=40)


def compared(folder: Path, plan: Plan, margin: float = 1.0) -> AccuracyComparison:
    """Compare the plan's second variant with its first."""
    bundle = load_bundle(make_bundle(folder, plan))
    baseline, candidate = (v.name for v in bundle.compared[:2])
    scores = {name: cell_scores(bundle, name) for name in (candidate, baseline)}
    cells = resample(bundle, collect_predictions(bundle), scores, seed=0, resamples=400)
    return compare_accuracy(
        cells,
        (candidate, scores[candidate]),
        (baseline, scores[baseline]),
        margin=margin,
        seed=0,
    )


def pair(gain: float, **changes: object) -> Plan:
    """Two variants, the second better by so many points of chance."""
    variants = (VariantPlan("a"), VariantPlan("b", "multilingual", gain=gain))
    return replace(ACCURACY, variants=variants, baseline="a", **changes)


@pytest.mark.slow
def test_equal_variants_show_no_difference(tmp_path: Path) -> None:
    """A/A: over six draws of 34 cells hardly any cell and no average is called different."""
    cells: Counter[str] = Counter()
    overall: Counter[str] = Counter()
    for seed in range(6):
        found = compared(tmp_path / str(seed), pair(0.0, seed=seed))
        cells.update(cell.verdict for cell in found.cells)
        overall[found.verdict] += 1
    assert cells["BETTER"] + cells["WORSE"] <= 2
    assert overall["WORSE"] + overall["BETTER"] <= 1


def test_a_large_gain_is_found_on_average_and_in_languages(tmp_path: Path) -> None:
    """Twenty-five points are found in the average and, after Holm, in many single languages."""
    found = compared(tmp_path / "b", pair(25.0, samples=80))
    assert found.verdict == "BETTER"
    assert found.interval is not None
    assert found.difference is not None
    assert found.interval.low < found.difference < found.interval.high
    xnli = next(task for task in found.tasks if task.task == "xnli")
    assert xnli.better >= 4
    assert xnli.better <= xnli.higher <= xnli.languages == 8
    assert xnli.worse == 0


def test_a_large_loss_is_found(tmp_path: Path) -> None:
    """The same the other way round."""
    found = compared(tmp_path / "b", pair(-25.0))
    assert found.verdict == "WORSE"
    assert any(cell.verdict == "WORSE" for cell in found.cells)


def test_a_wide_margin_makes_alike_variants_comparable(tmp_path: Path) -> None:
    """Equal variants are non-inferior at a margin that the sample size can resolve."""
    found = compared(tmp_path / "b", pair(0.0, samples=100), margin=4.0)
    assert found.verdict in {"NON-INFERIOR", "BETTER"}


def test_the_average_is_that_of_the_scores(tmp_path: Path) -> None:
    """The compared averages are unweighted over languages, then over tasks."""
    found = compared(tmp_path / "b", pair(5.0))
    tasks = {
        task: [cell.candidate for cell in found.cells if cell.task == task]
        for task in {cell.task for cell in found.cells}
    }
    expected = sum(sum(scores) / len(scores) for scores in tasks.values()) / len(tasks)
    assert found.candidate_average == pytest.approx(expected)
    assert found.difference == pytest.approx(expected - (found.baseline_average or 0))


def test_unscored_cells_are_listed_and_left_out_for_both(tmp_path: Path) -> None:
    """A language without gold is named, and never counts as 0."""
    found = compared(tmp_path / "b", pair(0.0, no_gold=(("xnli", "hi"),)))
    assert [(cell.task, cell.language) for cell in found.unscored] == [("xnli", "hi")]
    assert ("xnli", "hi") not in {(cell.task, cell.language) for cell in found.cells}
    assert next(task for task in found.tasks if task.task == "xnli").languages == 7


def test_nothing_scored_compares_nothing(tmp_path: Path) -> None:
    """Without any gold there is no difference, rather than one of 0."""
    plan = pair(0.0, cells={"xnli": ("en",)}, no_gold=(("xnli", "en"),))
    found = compared(tmp_path / "b", plan)
    assert found.verdict == "INCONCLUSIVE"
    assert found.difference is None
    assert "no task and language" in found.reason


def test_holm_is_over_all_cells_of_the_comparison(tmp_path: Path) -> None:
    """The smallest p is multiplied by the number of cells."""
    found = compared(tmp_path / "b", pair(10.0))
    smallest = min(found.cells, key=lambda cell: cell.p)
    assert smallest.p_holm == pytest.approx(min(1.0, smallest.p * len(found.cells)))


def test_the_same_seed_gives_the_same_comparison(tmp_path: Path) -> None:
    """A report can be made again to the last digit."""
    first = compared(tmp_path / "b", pair(3.0))
    assert compared(tmp_path / "b", pair(3.0)) == first


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 2.0, "BETTER"),
        (-0.5, 2.0, "NON-INFERIOR"),
        (-0.9, -0.1, "NON-INFERIOR"),
        (-3.0, -1.1, "WORSE"),
        (-1.5, -0.2, "WORSE"),
        (-1.5, 0.3, "INCONCLUSIVE"),
    ],
)
def test_the_regions_of_the_score_verdict(low: float, high: float, verdict: str) -> None:
    """A loss inside the margin is non-inferior even where it is significant."""
    assert decide(Interval(low, high, 0.95), margin=1.0)[0] == verdict


def test_suites_differ_by_what_both_have(tmp_path: Path) -> None:
    """Tasks that a suite lacks stay out, and the interval holds the difference."""
    found = compared(tmp_path / "b", pair(5.0, cells={"xnli": ("en", "de"), "xcopa": ("tr",)}))
    xtreme, xtreme_r = found.suites
    (xnli,) = xtreme.tasks
    assert (xtreme.candidate, xtreme.difference) == (xnli.candidate, xnli.difference)
    assert xtreme_r.difference == pytest.approx(found.difference)
    assert xtreme_r.interval == found.interval
    assert xtreme.interval.low <= xtreme.difference <= xtreme.interval.high
    assert xtreme.over.coverage.startswith("partial: 1 of 9 tasks, 2 of 40 languages, 2 of")


def test_too_few_samples_have_no_interval_and_no_test(tmp_path: Path) -> None:
    """Five samples cannot reach 5 % by any exact test, so nothing is claimed of them."""
    found = compared(tmp_path / "b", pair(25.0, cells={"xnli": ("en",)}, samples=MIN_SAMPLES - 1))
    (cell,) = found.cells
    assert (cell.interval, cell.p, cell.p_holm, cell.verdict) == (None, None, None, "INCONCLUSIVE")
    assert cell.too_few == "too few samples (5)"
    assert found.tasks[0].no_interval == "no interval: fewer than 6 samples in en"
    assert (found.interval, found.difference, found.verdict) == (None, None, "INCONCLUSIVE")
    assert found.suites[0].interval is None


def at_chance(**gains: float) -> Plan:
    """Two variants that guess XNLI (74 % less 43) and know some of XQuAD."""
    low = VariantPlan("a", gain=-43.0), VariantPlan("b", "multilingual", gain=-43.0, gains=gains)
    cells = {"xnli": ("en", "es"), "xquad": ("de",)}
    return replace(ACCURACY, variants=low, baseline="a", cells=cells, samples=400)


def test_nobody_is_no_worse_at_what_nobody_learned(tmp_path: Path) -> None:
    """Two that guess are alike, and that shows nothing, however many samples there are."""
    found = compared(tmp_path / "b", replace(at_chance(), cells={"xnli": ("en", "es")}), 9.0)
    assert found.interval is not None
    assert found.interval.low > -9
    assert found.verdict == "INCONCLUSIVE"
    assert found.held_back
    assert found.unlearned == ("xnli",)
    assert "nobody is shown to score above guessing" in found.reason


def test_tasks_that_nobody_learned_do_not_thin_out_a_loss(tmp_path: Path) -> None:
    """Half of a loss of nine points is inside the margin, and all of it is not."""
    found = compared(tmp_path / "b", at_chance(de=-9.0), margin=8.0)
    assert found.interval is not None
    assert found.interval.low > -8
    assert found.verdict == "INCONCLUSIVE"
    assert found.unlearned == ("xnli",)
    assert found.reason.startswith("without xnli, where nobody")
    assert compared(tmp_path / "c", at_chance(), margin=8.0).verdict == "NON-INFERIOR"


def test_a_gain_stands_beside_tasks_that_nobody_learned(tmp_path: Path) -> None:
    """A difference that is shown in what was learned is one, whatever else there is."""
    found = compared(tmp_path / "b", at_chance(de=25.0))
    assert (found.verdict, found.unlearned) == ("BETTER", ("xnli",))


def test_a_difference_between_two_that_guess_makes_no_verdict(tmp_path: Path) -> None:
    """One collapsed onto the frequent label and one onto the other, beside a task that is alike."""
    variants = (
        VariantPlan("a", gain=-43.0, gains={"en": -25.0, "es": -25.0}),
        VariantPlan("b", "multilingual", gain=-43.0),
    )
    found = compared(tmp_path / "b", replace(at_chance(), variants=variants), margin=1.0)
    assert found.interval is not None
    assert found.interval.low > 0
    assert found.verdict == "INCONCLUSIVE"
    assert found.held_back


def test_a_model_of_one_language_has_learned(tmp_path: Path) -> None:
    """Its loss in English counts, although its average over languages is below guessing's."""
    languages = ("en", "de", "es", "ru", "hi", "zh", "tr", "vi")
    others = dict.fromkeys(languages[1:], -60.0)
    variants = (
        VariantPlan("a", gains=others),
        VariantPlan("b", "multilingual", gains={**others, "en": -28.0}),
    )
    plan = replace(
        ACCURACY, variants=variants, baseline="a", cells={"xnli": languages}, samples=200
    )
    found = compared(tmp_path / "b", plan)
    assert (found.verdict, found.unlearned) == ("WORSE", ())


def test_what_would_decide_does_decide(tmp_path: Path) -> None:
    """Told so many times the samples, the same variants are decided with them."""
    plan = pair(1.0, cells={"xnli": ("en",), "xquad": ("hi",)}, samples=40)
    first = compared(tmp_path / "few", plan, margin=4.0)
    assert first.verdict == "INCONCLUSIVE"
    assert first.more_samples is not None
    more = replace(plan, samples=round(40 * first.more_samples * 1.5))
    assert compared(tmp_path / "many", more, margin=4.0).verdict != "INCONCLUSIVE"
