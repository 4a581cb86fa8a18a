"""The verdict is one sentence that says no more than the numbers do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_agent.measure.decision import Interval
from host.analysis.score.assay import Assay
from host.analysis.score.differences import AccuracyComparison, CellDifference
from host.analysis.timing.latency import LatencyComparison
from host.analysis.verdict import (
    alone,
    claim,
    latency_sentence,
    need,
    samples_need,
    score_sentence,
    sentence,
)

LATENCY = LatencyComparison(
    candidate="multilingual-int8",
    baseline="english-int8",
    verdict="EQUIVALENT",
    reason="",
    rounds=20,
    ratios=(),
    margin=0.02,
    ratio=0.998,
    interval_90=Interval(0.991, 1.005, 0.9),
    interval_95=Interval(0.989, 1.007, 0.95),
    margin_used=0.02,
    noise_floor=0.004,
)
ACCURACY = AccuracyComparison(
    candidate="multilingual-int8",
    baseline="english-int8",
    verdict="BETTER",
    reason="",
    margin=1.0,
    cells=(),
    tasks=(),
    unscored=(),
    candidate_average=63.1,
    baseline_average=60.0,
    difference=3.1,
    interval=Interval(1.9, 4.4, 0.95),
)


def worse(difference: float, low: float, high: float, verdict: str) -> AccuracyComparison:
    interval = Interval(low, high, 0.95)
    return replace(ACCURACY, difference=difference, interval=interval, verdict=verdict)  # type: ignore[arg-type]


def test_equal_speed_and_a_better_score() -> None:
    """The sentence that the product exists for."""
    assert sentence(LATENCY, ACCURACY) == (
        "multilingual-int8 is as fast as english-int8 on this device (ratio 0.998, 90 % interval "
        "0.991–1.005, margin 2 %) and scores 3.1 points higher (95 % 1.9–4.4)."
    )


def test_the_claim_is_the_sentence_without_figures() -> None:
    """Where the figures stand beside it, the claim alone is easier to read."""
    assert claim(LATENCY, ACCURACY) == (
        "multilingual-int8 is as fast as english-int8 on this device and scores 3.1 points higher."
    )


@pytest.mark.parametrize(
    ("ratio", "verdict", "text"),
    [
        (1.05, "SLOWER", "takes 5.0 % more time than english-int8 on this device (ratio 1.050, 95"),
        (0.9, "FASTER", "takes 10.0 % less time than english-int8"),
        (2.14, "SLOWER", "takes 2.14 times as long as english-int8"),
        (0.25, "FASTER", "is 4.00 times as fast as english-int8"),
        (
            1.01,
            "INCONCLUSIVE",
            "is undecided in latency against english-int8 (ratio 1.010, 95 % interval",
        ),
    ],
)
def test_every_latency_verdict_has_its_words(ratio: float, verdict: str, text: str) -> None:
    """Large differences are told as factors, small ones in percent, undecided ones as such."""
    found = sentence(replace(LATENCY, ratio=ratio, verdict=verdict), ACCURACY)  # type: ignore[arg-type]
    assert text in found


@pytest.mark.parametrize(
    ("accuracy", "text"),
    [
        (worse(-3.1, -4.4, -1.9, "WORSE"), "but scores 3.1 points lower (95 % 1.9–4.4)."),
        (
            worse(-0.2, -0.7, 0.3, "NON-INFERIOR"),
            "and scores no worse (difference −0.2 points, 95 % −0.7 to +0.3, margin 1).",
        ),
        (
            worse(-0.5, -0.8, -0.2, "NON-INFERIOR"),
            "and scores slightly lower (difference −0.5 points, 95 % −0.8 to −0.2, margin 1).",
        ),
        (
            worse(-0.01, -2.0, 2.0, "INCONCLUSIVE"),
            "but is undecided in score (difference +0.0 points, 95 % −2.0 to +2.0, margin 1).",
        ),
        (
            replace(ACCURACY, difference=None, interval=None, verdict="INCONCLUSIVE", reason="why"),
            "but cannot be compared in score (why).",
        ),
    ],
)
def test_every_score_verdict_has_its_words(accuracy: AccuracyComparison, text: str) -> None:
    """What is not shown is said not to be shown, and a loss is told as a positive number."""
    assert sentence(LATENCY, accuracy).endswith(text)


def cell(language: str, difference: float, verdict: str) -> CellDifference:
    interval = Interval(difference - 1, difference + 1, 0.95)
    return CellDifference(
        task="xquad",
        language=language,
        samples=100,
        candidate=50 + difference,
        baseline=50.0,
        difference=difference,
        interval=interval,
        test="approximate randomisation",
        p=0.01,
        p_holm=0.04,
        verdict=verdict,  # type: ignore[arg-type]
    )


def test_languages_that_go_against_the_average_are_named_with_it() -> None:
    """Whoever reads the first sentence alone must not ship what lost a language."""
    lost = cell("en", -26.5, "WORSE")
    found = replace(
        ACCURACY, cells=(cell("de", 9.0, "BETTER"), cell("hi", -3.0, "INCONCLUSIVE"), lost)
    )
    assert sentence(LATENCY, found).endswith("(95 % 1.9–4.4), though lower in xquad en −26.5.")
    assert claim(LATENCY, found).endswith("3.1 points higher, though lower in xquad en −26.5.")
    many = replace(found, cells=(cell("ar", -5.0, "WORSE"), cell("el", -7.0, "WORSE"), lost))
    assert score_sentence(many, figures=False).endswith(
        "though lower in 3 of 3 pairs, such as xquad en −26.5, xquad el −7.0."
    )
    lower = replace(worse(-3.0, -4.0, -2.0, "WORSE"), cells=(cell("de", 9.0, "BETTER"),))
    assert score_sentence(lower).endswith(", though higher in xquad de +9.0.")


def test_an_absent_ratio_is_told_with_its_reason() -> None:
    """Without rounds there is no ratio in the sentence."""
    latency = replace(LATENCY, ratio=None, verdict="INCONCLUSIVE", reason="0 valid rounds")
    assert "cannot be compared with english-int8 in latency (0 valid rounds)" in sentence(
        latency, ACCURACY
    )


@pytest.mark.parametrize(
    ("rounds", "seconds", "text"),
    [
        (12, 200.0, "About 12 more valid rounds (3 min of timed work)"),
        (1, 20.0, "About 1 more valid round (20 s of timed work)"),
    ],
)
def test_what_is_needed_is_told_in_rounds_and_time(rounds: int, seconds: float, text: str) -> None:
    """An undecided latency says what would decide it."""
    undecided = replace(
        LATENCY, verdict="INCONCLUSIVE", rounds_needed=rounds, seconds_needed=seconds
    )
    assert (need(undecided) or "").startswith(text)


def test_a_hopeless_latency_says_so() -> None:
    """Where no number of rounds would decide, none is promised."""
    hopeless = replace(LATENCY, verdict="INCONCLUSIVE")
    assert "More rounds alone would not decide" in (need(hopeless) or "")


def test_a_decided_latency_needs_nothing() -> None:
    """No further rounds are asked for."""
    assert need(LATENCY) is None


@pytest.mark.parametrize(
    ("median_ns", "average", "text"),
    [
        (12_340_000, 54.06, "v takes 12.3 ms for the median query and scores 54.1 on average; "),
        (None, 54.06, "v scores 54.1 on average; there is nothing to compare it with."),
        (None, None, "v has neither a latency nor a score in this run."),
    ],
)
def test_a_variant_alone_is_told_by_its_figures(
    median_ns: int | None, average: float | None, text: str
) -> None:
    """What was not measured is left out, not zero."""
    assert alone("v", median_ns, average).startswith(text)


def test_scores_alone_are_told_without_latency() -> None:
    """An accuracy-only run is no failed latency measurement."""
    assert score_sentence(ACCURACY) == (
        "multilingual-int8 scores 3.1 points higher than english-int8 (95 % 1.9–4.4)."
    )
    undecided = worse(-0.3, -2.1, 1.5, "INCONCLUSIVE")
    assert score_sentence(undecided, figures=False) == (
        "multilingual-int8 is undecided in score against english-int8."
    )


def test_latency_alone_is_told_without_scores() -> None:
    """The same the other way round."""
    assert latency_sentence(LATENCY, figures=False) == (
        "multilingual-int8 is as fast as english-int8 on this device."
    )


def test_a_gain_is_told_without_what_nobody_learned_too() -> None:
    """The average includes tasks that support no verdict; what is left stands beside it."""
    gain = replace(ACCURACY, assay=Assay(("xcopa",), 2.5, Interval(1.5, 3.4, 0.95)))
    told = score_sentence(gain)
    assert "(95 % 1.9–4.4; +2.5 (+1.5 to +3.4) without xcopa, which nobody learned" in told


@pytest.mark.parametrize(
    ("times", "text"),
    [(3.0, "About 3 times the samples"), (None, "Ten times the samples would not decide")],
)
def test_an_undecided_score_says_what_would_decide(times: float | None, text: str) -> None:
    """In samples, as latency says it in rounds."""
    undecided = replace(worse(-0.5, -2.5, 1.5, "INCONCLUSIVE"), more_samples=times)
    assert text in str(samples_need(undecided))


def test_more_samples_teach_nobody() -> None:
    """Nothing is asked for where it is decided, or where no task was learned."""
    undecided = worse(-0.5, -2.5, 1.5, "INCONCLUSIVE")
    assert samples_need(ACCURACY) is None
    assert samples_need(replace(undecided, assay=Assay(("xnli",)))) is None
