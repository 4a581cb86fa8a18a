"""Bundles are compared one by one and stand side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.bundle import Bundle, load_bundle
from host.analysis.comparison import ComparisonError, compare
from host.analysis.plain import comparison_json
from host.analysis.verdict import OF_A_STUDY, ONE_CHECKPOINT
from tests.host.analysis.answer.designs import bundle, regimes
from tests.host.bundles import SMALL, VARIANTS, Plan, make_bundle, with_speed

QUICK = replace(Plan(), samples=12, rounds=8, queries=12, throttled=(3,))


def loaded(folder: Path, plan: Plan = SMALL) -> Bundle:
    return load_bundle(make_bundle(folder, plan))


def test_every_candidate_is_compared_with_the_baseline(tmp_path: Path) -> None:
    """Baseline first, candidates in the spec's order, the A/A control apart."""
    (run,) = compare([loaded(tmp_path / "b", QUICK)], resamples=100).runs
    names = ["english-int8", "multilingual-int8", "english-fp32", "multilingual-fp32"]
    assert [variant.name for variant in run.variants] == names
    assert [candidate.name for candidate in run.candidates] == names[1:]
    assert run.baseline.name == "english-int8"
    assert run.control is not None
    assert (run.control.name, run.control.of) == ("english-int8-again", "english-int8")


def test_the_headline_is_about_the_candidate_of_the_same_recipe(tmp_path: Path) -> None:
    """Regime against regime is the question, recipe against recipe a by-product."""
    variants = (VARIANTS[0], VARIANTS[2], VARIANTS[1], VARIANTS[4])
    comparison = compare([loaded(tmp_path / "b", replace(QUICK, variants=variants))], resamples=100)
    assert comparison.runs[0].lead.name == "multilingual-int8"
    assert comparison.headline.startswith("multilingual-int8 is as fast as english-int8")


def test_another_baseline_can_be_named(tmp_path: Path) -> None:
    """The baseline's own row moves to the front and the ratio turns over."""
    (run,) = compare([loaded(tmp_path / "b", QUICK)], baseline="english-fp32", resamples=100).runs
    assert run.baseline.name == "english-fp32"
    assert next(c for c in run.candidates if c.name == "english-int8").latency.verdict == "FASTER"
    assert run.lead.name == "multilingual-fp32"


def test_a_single_variant_is_told_without_a_verdict(tmp_path: Path) -> None:
    """With nothing to compare with, what was measured is the headline, and nothing went wrong."""
    plan = replace(SMALL, variants=(VARIANTS[0], VARIANTS[4]))
    comparison = compare([loaded(tmp_path / "b", plan)])
    (run,) = comparison.runs
    assert run.lead is None
    assert not comparison.went_against
    assert "ms for the median query and scores" in comparison.headline
    assert comparison.headline.endswith("there is nothing to compare it with.")
    assert json.dumps(comparison_json(comparison))


def test_devices_stand_side_by_side(tmp_path: Path) -> None:
    """Two bundles give two runs and a sentence each, and no average of them."""
    slow = with_speed(QUICK, "multilingual-int8", 1.3)
    pi, jetson = (
        loaded(tmp_path / "a", QUICK),
        loaded(tmp_path / "b", replace(slow, model="Jetson Orin Nano", run_id="other", session=8)),
    )
    comparison = compare([pi, jetson], resamples=100)
    assert [run.lead.latency.verdict for run in comparison.runs if run.lead] == [
        "EQUIVALENT",
        "SLOWER",
    ]
    assert "Raspberry Pi 5" in comparison.headline
    assert "Jetson Orin Nano: multilingual-int8 takes 2" in comparison.headline
    assert comparison.went_against
    assert [device.together for device in comparison.devices] == [(), ()]
    assert comparison.caveats == ()


def test_like_runs_have_no_caveat_between_them(tmp_path: Path) -> None:
    """The same study on the same data may be read side by side."""
    first, second = loaded(tmp_path / "a"), loaded(tmp_path / "b")
    assert compare([first, second], resamples=50).caveats == ()


def test_one_checkpoint_per_regime_claims_nothing_about_regimes(tmp_path: Path) -> None:
    """The caveat is there whenever regimes are compared."""
    (run,) = compare([loaded(tmp_path / "b")], resamples=50).runs
    assert ONE_CHECKPOINT in [caveat.text for caveat in run.caveats]


def test_caveats_name_what_limits_the_numbers(tmp_path: Path) -> None:
    """Invalid rounds, missing sensors and subsets are told."""
    (run,) = compare([loaded(tmp_path / "b")], resamples=50).runs
    text = " ".join(caveat.text for caveat in run.caveats)
    assert "1 of 7 rounds did not pass the validity gate" in text
    assert "no sensor for memory pressure" in text
    assert "seeded subsets" in text


def test_a_cancelled_run_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    """What is missing is a caveat, and what is there is not thrown away."""
    (run,) = compare([loaded(tmp_path / "b", replace(SMALL, stop_after=60))], resamples=50).runs
    assert run.caveats[0].text.startswith("The run is cancelled: cancelled by the user.")
    assert run.caveats[1].text == "Not all that was planned is there: most of it."
    assert run.caveats[0].grave
    assert run.lead.latency.verdict == "INCONCLUSIVE"
    assert run.lead.accuracy.unscored


def test_averages_are_over_what_all_variants_have(tmp_path: Path) -> None:
    """A variant that was cut short is not averaged over easier tasks than the others."""
    (run,) = compare([loaded(tmp_path / "b", replace(SMALL, stop_after=60))], resamples=50).runs
    baseline, candidate = run.variants
    done = [cell for cell in candidate.cells if candidate.cells[cell].score is not None]
    assert 0 < len(done) < len([c for c in baseline.cells.values() if c.score is not None])
    accuracy = run.lead.accuracy
    assert (baseline.average, candidate.average) == pytest.approx(
        (accuracy.baseline_average, accuracy.candidate_average)
    )


def test_a_control_that_differs_is_a_caveat(tmp_path: Path) -> None:
    """A biased session says so on top."""
    plan = with_speed(SMALL, "english-int8-again", 1.08)
    (run,) = compare([loaded(tmp_path / "b", plan)], resamples=50).runs
    assert any("favours one of two equal things" in caveat.text for caveat in run.caveats)


def test_a_run_without_a_control_is_a_caveat(tmp_path: Path) -> None:
    """Without an A/A control the noise is unknown."""
    plan = replace(SMALL, variants=SMALL.variants[:2])
    (run,) = compare([loaded(tmp_path / "b", plan)], resamples=50).runs
    assert run.control is None
    assert any("no A/A control" in caveat.text for caveat in run.caveats)


def test_accuracy_mode_alone_says_nothing_about_latency(tmp_path: Path) -> None:
    """The absent half is named, the present half compared."""
    (run,) = compare([loaded(tmp_path / "b", replace(SMALL, modes=("accuracy",)))]).runs
    assert any("Latency was not measured (accuracy mode only)" in c.text for c in run.caveats)
    assert run.baseline.speed is None
    assert run.lead.accuracy.difference is not None


@pytest.mark.parametrize("baseline", ["nobody", "english-int8-again"])
def test_a_baseline_that_is_not_there_is_refused(tmp_path: Path, baseline: str) -> None:
    """The error names the variants that there are."""
    with pytest.raises(ComparisonError, match="english-int8, multilingual-int8") as caught:
        compare([loaded(tmp_path / "b")], baseline=baseline)
    assert "--baseline NAME" in caught.value.remedy


def test_no_bundle_is_refused() -> None:
    """Comparing nothing is an error with its remedy."""
    with pytest.raises(ComparisonError, match="No bundle"):
        compare([])


def test_size_counts_shared_files_once(tmp_path: Path) -> None:
    """The tokenizer that all artifacts share is stored once on the device."""
    (run,) = compare([loaded(tmp_path / "b")], resamples=50).runs
    assert run.baseline.size_bytes == 5 * 8_100_000 + 612_000


def test_a_size_that_is_not_known_is_none(tmp_path: Path) -> None:
    """Without every artifact manifest the sum would be too small."""
    bundle = loaded(tmp_path / "b")
    lacking = replace(bundle, artifacts=dict(list(bundle.artifacts.items())[:1]))
    (run,) = compare([lacking], resamples=50).runs
    assert run.baseline.size_bytes is None


def test_the_json_holds_verdicts_numbers_and_provenance(tmp_path: Path) -> None:
    """`to_json` survives JSON and has what a machine needs."""
    comparison = compare([loaded(tmp_path / "b")], resamples=50)
    plain = json.loads(json.dumps(comparison_json(comparison)))
    (run,) = plain["runs"]
    assert plain["headline"] == comparison.headline
    assert run["bundle"]["digest"] == comparison.runs[0].bundle.digest
    assert run["candidates"][0]["verdict"] == {
        "latency": comparison.runs[0].lead.latency.verdict,
        "accuracy": comparison.runs[0].lead.accuracy.verdict,
    }
    assert run["variants"][0]["speed"]["queries_per_second"] > 0
    assert run["variants"][0]["scores"][0]["task"] == "xnli"
    assert run["rounds"][2]["invalid"]


def test_a_study_s_run_is_led_by_the_pair_of_the_baseline(tmp_path: Path) -> None:
    """Not by another seed of its own level, and regimes are `host study answer`'s to judge."""
    plans, design = regimes(gains=[1.0, 2.0])
    ordered = sorted(plans, key=lambda plan: plan.regime)
    (run,) = compare([bundle(tmp_path / "b", ordered, design)], resamples=50).runs
    assert [v.name for v in run.variants[:2]] == ["direct-small-s1", "direct-small-s2"]
    assert run.lead is not None
    assert run.lead.name == "english-small-s1"
    texts = [caveat.text for caveat in run.caveats]
    assert OF_A_STUDY in texts
    assert ONE_CHECKPOINT not in texts
