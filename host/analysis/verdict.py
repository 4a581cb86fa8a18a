"""Says in one plain sentence what a comparison found."""

from __future__ import annotations

from host.analysis.accuracy import AccuracyComparison
from host.analysis.equivalence import Interval
from host.analysis.latency import LatencyComparison

ONE_CHECKPOINT = (
    "Each regime stands here with one checkpoint per task, from one seed: what differs may be the "
    "seed's doing. Nothing is claimed about the regimes as such."
)

_FACTOR = 1.5


def sentence(latency: LatencyComparison, accuracy: AccuracyComparison) -> str:
    """Return latency and score of one candidate against the baseline in one sentence."""
    joint = " and" if _agrees(latency, accuracy) else ", but"
    return f"{latency.candidate} {latency_clause(latency)}{joint} {score_clause(accuracy)}."


def latency_clause(latency: LatencyComparison) -> str:
    """Return what is known about the candidate's latency, as the predicate of a sentence."""
    baseline = latency.baseline
    if latency.ratio is None or latency.interval_90 is None or latency.interval_95 is None:
        return f"cannot be compared with {baseline} in latency ({latency.reason})"
    ratio = f"ratio {latency.ratio:.3f}"
    if latency.verdict == "EQUIVALENT":
        interval = _ratios(latency.interval_90)
        return (
            f"is as fast as {baseline} on this device "
            f"({ratio}, 90 % interval {interval}, margin {latency.margin * 100:g} %)"
        )
    interval = f"{ratio}, 95 % interval {_ratios(latency.interval_95)}"
    if latency.verdict == "INCONCLUSIVE":
        return f"is not shown to be as fast as {baseline}, nor faster or slower ({interval})"
    return f"{_change(latency.ratio)} {baseline} on this device ({interval})"


def score_clause(accuracy: AccuracyComparison) -> str:
    """Return what is known about the candidate's average score, as a predicate."""
    if accuracy.difference is None or accuracy.interval is None:
        return f"cannot be compared in score ({accuracy.reason})"
    points = f"{abs(accuracy.difference):.1f} points"
    if accuracy.verdict == "BETTER":
        return f"scores {points} higher (95 % {_points(accuracy.interval)})"
    if accuracy.verdict == "WORSE":
        flipped = Interval(-accuracy.interval.high, -accuracy.interval.low, 0.95)
        return f"scores {points} lower (95 % {_points(flipped)})"
    signed = f"difference {_signed(accuracy.difference)} points, 95 % {_points(accuracy.interval)}"
    if accuracy.verdict == "NON-INFERIOR":
        return f"scores no worse ({signed}, margin {accuracy.margin:g})"
    return f"is not shown to score higher, lower or alike ({signed})"


def need(latency: LatencyComparison) -> str | None:
    """Return what would decide an undecided latency, or None if it is decided or nothing would."""
    if latency.rounds_needed is None or latency.seconds_needed is None:
        return None
    minutes = latency.seconds_needed / 60
    spent = f"{minutes:.0f} min" if minutes >= 1.5 else f"{latency.seconds_needed:.0f} s"
    rounds = latency.rounds_needed
    return (
        f"About {rounds} more valid round{'s' * (rounds != 1)} ({spent} of timed work) would "
        "decide if the figures stay as they are."
    )


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


def _ratios(interval: Interval) -> str:
    return f"{interval.low:.3f}–{interval.high:.3f}"


def _points(interval: Interval) -> str:
    if interval.low < 0:
        return f"{_signed(interval.low)} to {_signed(interval.high)}"
    return f"{interval.low:.1f}–{interval.high:.1f}"


def _signed(points: float) -> str:
    """A sign in front always, with the real minus sign, and never -0.0."""
    rounded = round(points, 1)
    return f"{'−' if rounded < 0 else '+'}{abs(rounded):.1f}"
