"""Writes differences and their intervals with a sign that never hides behind rounding."""

from __future__ import annotations

from device_agent.measure.decision import Interval

MINUS = "\u2212"
_MORE = 2


def signed(value: float, digits: int = 1) -> str:
    """A sign in front always, with the real minus sign, and never -0.0."""
    rounded = round(value, digits)
    return f"{MINUS if rounded < 0 else '+'}{abs(rounded):.{digits}f}"


def digits_of(interval: Interval, nothing: float, digits: int) -> int:
    """Return how many digits show on which side of `nothing` both ends lie.

    An interval that ends at -0.03 excludes zero, and "+0.0" beside a WORSE would contradict it. Two
    digits more are tried; an end that is nothing exactly needs none.
    """
    ends = [end for end in (interval.low, interval.high) if end != nothing]
    for more in range(_MORE):
        if all(round(end, digits + more) != nothing for end in ends):
            return digits + more
    return digits + _MORE


def signed_interval(interval: Interval, digits: int = 1) -> str:
    """Two signed ends."""
    digits = digits_of(interval, 0.0, digits)
    return f"{signed(interval.low, digits)} to {signed(interval.high, digits)}"


def signed_percent(ratio: float, digits: int = 1) -> str:
    """A ratio as a signed change in percent, without its unit."""
    return signed((ratio - 1) * 100, digits)


def percent_ends(interval: Interval) -> tuple[str, str]:
    """Both ends of an interval of ratios, as `signed_percent`."""
    percents = Interval((interval.low - 1) * 100, (interval.high - 1) * 100, interval.confidence)
    digits = digits_of(percents, 0.0, 1)
    return signed(percents.low, digits), signed(percents.high, digits)


def ratios(interval: Interval, digits: int = 3) -> str:
    """Two ends of an interval of ratios, where 1 is no difference."""
    digits = digits_of(interval, 1.0, digits)
    return f"{interval.low:.{digits}f}\u2013{interval.high:.{digits}f}"
