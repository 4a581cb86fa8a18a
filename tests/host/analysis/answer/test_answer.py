"""Answers to made studies whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from device_agent.contract.design import Design
from host.analysis.answer import words
from host.analysis.answer.answer import AnswerError, answer
from host.analysis.comparability.check import ComparabilityError
from tests.host.analysis.answer.designs import QUESTION, bundle, member, regimes, sizes, variant


def test_equal_speed_and_a_large_gain_are_found(tmp_path: Path) -> None:
    """Equal latency is EQUIVALENT, and what every seed gains is BETTER."""
    plans, design = regimes(gains=[14.0, 15.0, 16.0])
    found = answer([bundle(tmp_path / "b", plans, design)], resamples=400)
    (finding,) = found.parts[0].findings
    assert finding.latency is not None
    assert finding.score is not None
    assert (finding.latency.verdict, finding.score.verdict) == ("EQUIVALENT", "BETTER")
    assert finding.seeds == 3
    (told,) = words.sentences(found)
    assert "english takes as long as direct" in told
    assert told.endswith("3 seeds.")


def test_a_gain_of_one_seed_alone_is_not_the_regimes(tmp_path: Path) -> None:
    """One lucky seed among three leaves the regime undecided, where samples alone would not."""
    plans, design = regimes(gains=[30.0, 0.0, 1.0])
    (finding,) = answer([bundle(tmp_path / "b", plans, design)], resamples=400).parts[0].findings
    assert finding.score is not None
    assert finding.score.verdict == "INCONCLUSIVE"


def test_a_slower_regime_is_slower(tmp_path: Path) -> None:
    """Five percent more time in every seed is SLOWER."""
    plans, design = regimes(gains=[0.0, 0.0, 0.0], speed=1.05)
    (finding,) = answer([bundle(tmp_path / "b", plans, design)], resamples=200).parts[0].findings
    assert finding.latency is not None
    assert finding.latency.verdict == "SLOWER"
    assert finding.latency.ratio == pytest.approx(1.05, abs=0.01)


def test_one_seed_claims_nothing_about_regimes(tmp_path: Path) -> None:
    """With one seed a level, the first limit says so."""
    plans, design = regimes(gains=[15.0])
    found = answer([bundle(tmp_path / "b", plans, design)], resamples=200)
    assert found.parts[0].limits[0].startswith("One seed a level")


def test_a_gap_that_grows_with_size_is_a_rising_trend(tmp_path: Path) -> None:
    """The slope over sizes is found, with one gap for each size beside it."""
    plans, design = sizes(0.0, 12.0, 24.0)
    found = answer([bundle(tmp_path / "b", plans, design, samples=80)], resamples=300)
    trend, *gaps = found.parts[0].findings
    assert trend.is_trend
    assert [gap.contrast.stratum for gap in gaps] == ["s", "m", "l"]
    assert trend.score is not None
    assert trend.latency is not None
    assert trend.score.verdict == "RISING"
    assert trend.latency.verdict in {"FLAT", "INCONCLUSIVE"}
    assert "4.0 doublings" in words.sentences(found)[0]


def test_the_number_of_tasks_is_followed(tmp_path: Path) -> None:
    """Levels are numbers of intermediate tasks, and the value itself is followed over them."""
    plans, members = [], []
    for seed in (1, 2, 3):
        for tasks, gain in ((0, 0.0), (1, 8.0), (2, 16.0)):
            plan = variant(str(tasks), seed, "xlm-r", gain=gain)
            plans.append(plan)
            members.append(member(plan, str(tasks), seed, "xlm-r", float(tasks)))
    design = Design(
        question=QUESTION,
        factor="intermediate-tasks",
        reference="0",
        trend="intermediate-tasks",
        members=tuple(members),
    )
    found = answer([bundle(tmp_path / "b", plans, design, samples=80)], resamples=300)
    trend, first, second = found.parts[0].findings
    assert trend.score is not None
    assert trend.score.verdict == "RISING"
    assert (first.contrast.level, second.contrast.level) == ("1", "2")
    assert "1 intermediate task " in words.sentence(design, first)
    assert "1 intermediate task takes as long as none" in words.claim(design, first)
    assert "2 intermediate tasks take as long as none" in words.claim(design, second)


def test_levels_that_only_guess_are_not_called_alike(tmp_path: Path) -> None:
    """Six seeds, many samples, a wide margin: nothing was learned, so nothing was not lost."""
    plans, design = regimes(gains=[-43.0] * 6)
    plans = tuple(replace(plan, gain=-43.0) for plan in plans)
    cells = {"xnli": ("en", "es")}
    made = bundle(tmp_path / "b", plans, design, cells=cells, samples=300, score_margin=9.0)
    (finding,) = answer([made], resamples=200).parts[0].findings
    assert finding.score is not None
    assert finding.score.interval is not None
    assert finding.score.interval.low > -9
    assert finding.score.verdict == "INCONCLUSIVE"
    told = words.sentence(design, finding)
    assert "INCONCLUSIVE, because nobody is shown to score above guessing in any task" in told


def test_bundles_without_a_design_ask_no_question(tmp_path: Path) -> None:
    """A run of a study without a design is compared, not answered."""
    plans, _ = regimes(gains=[1.0])
    with pytest.raises(AnswerError, match="registered no design"):
        answer([bundle(tmp_path / "b", plans, None)])


def test_different_designs_are_not_answered_together(tmp_path: Path) -> None:
    """Two studies are two answers."""
    ours, design = regimes(gains=[1.0])
    theirs, other = regimes(gains=[1.0], level="multilingual")
    bundles = [bundle(tmp_path / "a", ours, design), bundle(tmp_path / "b", theirs, other)]
    with pytest.raises(AnswerError, match="design differs"):
        answer(bundles)


def test_rounds_that_ended_at_a_verdict_decide_no_design(tmp_path: Path) -> None:
    """Optional stopping is told, and no verdict on latency is given."""
    plans, design = regimes(gains=[0.0, 0.0])
    found = answer([bundle(tmp_path / "b", plans, design, until_decided=True)], resamples=200)
    (finding,) = found.parts[0].findings
    assert finding.latency is not None
    assert finding.latency.verdict == "INCONCLUSIVE"
    assert "fixed beforehand" in finding.latency.reason


def test_seeds_that_lack_a_variant_are_named(tmp_path: Path) -> None:
    """What a finding does not rest on is a limit, in the gap and in the trend."""
    plans, design = sizes(0.0, 12.0, 24.0)
    kept = [plan for plan in plans if plan.name != "english-m-s3"]
    members = tuple(m for m in design.members if m.variant != "english-m-s3")
    lacking = msgspec.structs.replace(design, members=members)
    (part,) = answer([bundle(tmp_path / "b", kept, lacking)], resamples=100).parts
    assert "english (m): left out for want of a variant to pair with are seeds 3." in part.limits
    assert any(text.startswith("Trend of english (s, m, l): left out") for text in part.limits)
    assert part.findings[0].seeds == 2


@pytest.mark.parametrize(
    ("dropped", "reason"),
    [
        ({"english-s-s1", "english-m-s2", "english-l-s3"}, "no seed has every size"),
        ({f"english-{x}-s{i}" for x in "ml" for i in (1, 2, 3)}, "only one size can be compared"),
    ],
)
def test_a_trend_that_cannot_be_told_is_said_to_be_missing(
    tmp_path: Path, dropped: set[str], reason: str
) -> None:
    """It was registered, so its absence is told."""
    plans, design = sizes(0.0, 12.0, 24.0)
    kept = [plan for plan in plans if plan.name not in dropped]
    members = tuple(m for m in design.members if m.variant not in dropped)
    lacking = msgspec.structs.replace(design, members=members)
    (part,) = answer([bundle(tmp_path / "b", kept, lacking)], resamples=100).parts
    assert not any(finding.is_trend for finding in part.findings)
    assert f"No trend of english over sizes: {reason}." in part.limits


def test_six_samples_without_a_loss_are_not_no_worse(tmp_path: Path) -> None:
    """Three seeds' models answer six samples alike; others of a kind not seen may be lost."""
    plans, design = regimes(gains=[60.0] * 3)
    plans = tuple(replace(plan, gain=60.0) for plan in plans)
    made = bundle(tmp_path / "b", plans, design, cells={"xnli": ("en",)}, samples=6)
    (finding,) = answer([made], resamples=100).parts[0].findings
    assert finding.score is not None
    assert finding.score.effect is not None
    assert finding.score.interval is not None
    assert finding.score.effect.mean == 0
    assert finding.score.verdict == "INCONCLUSIVE"
    assert finding.score.interval.low < -30


def test_rounds_that_did_not_count_are_told_with_their_reasons(tmp_path: Path) -> None:
    """Beside the noise floor stands why rounds are missing."""
    plans, design = regimes(gains=[0.0, 0.0])
    made = bundle(tmp_path / "b", plans, design, throttled=(1, 2))
    (part,) = answer([made], resamples=100).parts
    (told,) = [text for text in part.limits if text.startswith("Rounds that did not count: 2 of")]
    assert "2 times: " in told


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stratum": "s\n% injected"}, "regex"),
        ({"x": 0.0}, "above 0"),
        ({"x": -2e6}, "above 0"),
    ],
)
def test_a_design_that_no_page_can_show_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Line breaks leave a table; there is no logarithm of no parameters."""
    _, design = sizes(0.0, 0.0, 0.0)
    first, *others = design.members
    wrong = msgspec.structs.replace(first, **changes)
    document = msgspec.json.encode({**msgspec.to_builtins(design), "members": [wrong, *others]})
    with pytest.raises(msgspec.ValidationError, match=reason):
        msgspec.json.decode(document, type=Design)


def test_a_margin_that_was_changed_is_another_question(tmp_path: Path) -> None:
    """The remedy is one that `host study answer` has."""
    plans, design = regimes(gains=[1.0])
    made = [bundle(tmp_path / str(m), plans, design, margin=m) for m in (0.02, 0.03)]
    with pytest.raises(ComparabilityError, match="margin") as caught:
        answer(made)
    assert "--accept" not in caught.value.remedy


def test_a_run_that_lacks_rounds_says_so_once(tmp_path: Path) -> None:
    """Under what it cannot say, not as unlike conditions."""
    plans, design = regimes(gains=[1.0])
    made = bundle(tmp_path / "b", plans, design)
    cut = replace(
        made, manifest=msgspec.structs.replace(made.manifest, missing=("0 of 5 valid rounds",))
    )
    found = answer([cut, bundle(tmp_path / "c", plans, design)], resamples=100)
    assert not any("not complete" in caveat for caveat in found.caveats)
    assert any(text.startswith("Not all that was planned") for text in found.parts[0].limits)
