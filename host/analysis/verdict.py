"""Says in one plain sentence what a comparison found."""

from __future__ import annotations

from device_agent.measure.decision import Interval
from host.analysis.figures import digits_of, ratios, signed, signed_interval
from host.analysis.score.assay import Assay
from host.analysis.score.differences import AccuracyComparison
from host.analysis.timing.latency import LatencyComparison

OF_A_STUDY = (
    "This run belongs to a study with a design: here every variant stands for itself. `host study "
    "answer` pairs them over seeds and has the verdict on regimes."
)
ONE_CHECKPOINT = (
    "Each regime stands here with one checkpoint per task, from one seed: what differs may be the "
    "seed's doing. Nothing is claimed about the regimes as such."
)

_FACTOR = 1.5
_NAMED = 2


def score_sentence(accuracy: AccuracyComparison, *, figures: bool = True) -> str:
    """Return what is said where only scores were taken."""
    told = f" ({score_figures(accuracy)})" * figures
    if accuracy.difference is None:
        clause = f"cannot be compared with {accuracy.baseline} in score"
    else:
        word = "against" if accuracy.verdict == "INCONCLUSIVE" else "than"
        clause = f"{score_clause(accuracy)} {word} {accuracy.baseline}"
    return f"{accuracy.candidate} {clause}{told}{exceptions(accuracy)}."


def latency_sentence(latency: LatencyComparison, *, figures: bool = True) -> str:
    """Return what is said where only latency was measured."""
    told = f" ({latency_figures(latency)})" * figures
    return f"{latency.candidate} {latency_clause(latency)}{told}."


def sentence(latency: LatencyComparison, accuracy: AccuracyComparison) -> str:
    """Return latency and score of one candidate against the baseline, with their figures."""
    clauses = f"{latency_clause(latency)} ({latency_figures(latency)})"
    return _joined(
        latency,
        accuracy,
        clauses,
        f"{score_clause(accuracy)} ({score_figures(accuracy)}){exceptions(accuracy)}",
    )


def claim(latency: LatencyComparison, accuracy: AccuracyComparison) -> str:
    """Return the same sentence without figures, for where they stand beside it."""
    scores = f"{score_clause(accuracy)}{exceptions(accuracy)}"
    return _joined(latency, accuracy, latency_clause(latency), scores)


def alone(name: str, median_ns: int | None, average: float | None) -> str:
    """Return what was measured of a variant that has nothing to be compared with."""
    found = []
    if median_ns is not None:
        found.append(f"takes {median_ns / 1e6:.3g} ms for the median query")
    if average is not None:
        found.append(f"scores {average:.1f} on average")
    if not found:
        return f"{name} has neither a latency nor a score in this run."
    return f"{name} {' and '.join(found)}; there is nothing to compare it with."


def latency_clause(latency: LatencyComparison) -> str:
    """Return what is known about the candidate's latency, as the predicate of a sentence."""
    baseline = latency.baseline
    if latency.ratio is None:
        return f"cannot be compared with {baseline} in latency"
    if latency.verdict == "EQUIVALENT":
        return f"is as fast as {baseline} on this device"
    if latency.verdict == "INCONCLUSIVE":
        return f"is undecided in latency against {baseline}"
    return f"{_change(latency.ratio)} {baseline} on this device"


def latency_figures(latency: LatencyComparison) -> str:
    """Return the ratio with the interval that the verdict rests on, or why there is none."""
    if latency.ratio is None or latency.interval_90 is None or latency.interval_95 is None:
        return latency.reason
    if latency.verdict == "EQUIVALENT":
        margin = f"margin {latency.margin * 100:g} %"
        return f"ratio {latency.ratio:.3f}, 90 % interval {ratios(latency.interval_90)}, {margin}"
    return f"ratio {latency.ratio:.3f}, 95 % interval {ratios(latency.interval_95)}"


def score_clause(accuracy: AccuracyComparison) -> str:
    """Return what is known about the candidate's average score, as a predicate."""
    if accuracy.difference is None:
        return "cannot be compared in score"
    if accuracy.verdict == "NON-INFERIOR":
        return no_worse(accuracy.interval)
    if accuracy.verdict == "INCONCLUSIVE":
        return "is undecided in score"
    word = "higher" if accuracy.verdict == "BETTER" else "lower"
    return f"scores {abs(accuracy.difference):.1f} points {word}"


def no_worse(interval: Interval | None) -> str:
    """Return NON-INFERIOR in words: a loss that is shown, inside the margin, is still told."""
    is_lower = interval is not None and interval.high < 0
    return "scores slightly lower" if is_lower else "scores no worse"


def exceptions(accuracy: AccuracyComparison) -> str:
    """Return the tasks and languages that are shown to go against the average, or nothing."""
    opposite = {"BETTER": "WORSE", "NON-INFERIOR": "WORSE", "WORSE": "BETTER"}
    against = opposite.get(accuracy.verdict)
    cells = [cell for cell in accuracy.cells if cell.verdict == against]
    if not cells:
        return ""
    cells.sort(key=lambda cell: -abs(cell.difference))
    named = ", ".join(
        f"{cell.task} {cell.language} {signed(cell.difference)}" for cell in cells[:_NAMED]
    )
    word = "lower" if against == "WORSE" else "higher"
    if len(cells) > _NAMED:
        return f", though {word} in {len(cells)} of {len(accuracy.tested)} pairs, such as {named}"
    return f", though {word} in {named}"


def score_figures(accuracy: AccuracyComparison) -> str:
    """Return the average's difference with its interval, or why there is none."""
    if accuracy.difference is None or accuracy.interval is None:
        return accuracy.reason
    interval = accuracy.interval
    if accuracy.verdict == "BETTER":
        return f"95 % {_points(interval)}{_without(accuracy)}"
    if accuracy.verdict == "WORSE":
        loss = Interval(-interval.high, -interval.low, interval.confidence)
        return f"95 % {_points(loss)}{_without(accuracy)}"
    told = f"difference {signed(accuracy.difference)} points, 95 % {_points(interval)}"
    why = f"; {accuracy.reason}" * accuracy.held_back
    return f"{told}, margin {accuracy.margin:g}{_without(accuracy)}{why}"


def _without(accuracy: AccuracyComparison) -> str:
    few, assay = len(accuracy.few), accuracy.assay
    told = f", without {few} pair{'s' * (few != 1)} of too few samples" if few else ""
    if not assay.unlearned or assay.difference is None or assay.interval is None:
        return told
    if accuracy.verdict == "INCONCLUSIVE":
        return told
    return f"{told}; {learned_figures(assay)}"


def learned_figures(assay: Assay) -> str:
    """Return the effect over the tasks that somebody learned."""
    assert assay.difference is not None
    assert assay.interval is not None
    effect = f"{signed(assay.difference)} ({signed_interval(assay.interval)})"
    return f"{effect} without {', '.join(assay.unlearned)}, which nobody learned"


def samples_need(accuracy: AccuracyComparison) -> str | None:
    """Return what would decide an undecided score, or None if it is decided or not taken."""
    assay = accuracy.assay
    nothing_learned = bool(assay.unlearned) and assay.interval is None
    if accuracy.verdict != "INCONCLUSIVE" or accuracy.interval is None or nothing_learned:
        return None
    if accuracy.more_samples is None:
        return "Ten times the samples would not decide the score if the figures stay."
    return (
        f"About {accuracy.more_samples:g} times the samples would decide the score if the figures "
        "stay."
    )


def need(latency: LatencyComparison) -> str | None:
    """Return what would decide an undecided latency, or None if it is decided or not measured."""
    if latency.verdict != "INCONCLUSIVE" or latency.ratio is None:
        return None
    if latency.rounds_needed is None or latency.seconds_needed is None:
        return "More rounds alone would not decide if the figures stay as they are."
    minutes = latency.seconds_needed / 60
    spent = f"{minutes:.0f} min" if minutes >= 1.5 else f"{latency.seconds_needed:.0f} s"
    rounds = latency.rounds_needed
    return (
        f"About {rounds} more valid round{'s' * (rounds != 1)} ({spent} of timed work) would "
        "decide if the figures stay as they are."
    )


def _joined(latency: LatencyComparison, accuracy: AccuracyComparison, *clauses: str) -> str:
    joint = " and " if _agrees(latency, accuracy) else ", but "
    return f"{latency.candidate} {joint.join(clauses)}."


def _change(ratio: float) -> str:
    """Large differences read better as factors, small ones as percent."""
    if ratio >= _FACTOR:
        return f"takes {ratio:.2f} times as long as"
    if ratio <= 1 / _FACTOR:
        return f"is {1 / ratio:.2f} times as fast as"
    return f"takes {abs(ratio - 1) * 100:.1f} % {'more' if ratio > 1 else 'less'} time than"


def _agrees(latency: LatencyComparison, accuracy: AccuracyComparison) -> bool:
    """Whether both halves point the same way, so that "and" joins them."""
    bad = {"SLOWER", "WORSE"}, {"INCONCLUSIVE"}
    return all((latency.verdict in group) == (accuracy.verdict in group) for group in bad)


def _points(interval: Interval) -> str:
    if interval.low < 0:
        return signed_interval(interval)
    digits = digits_of(interval, 0.0, 1)
    return f"{interval.low:.{digits}f}–{interval.high:.{digits}f}"
