"""Writes numbers for people: units, signs and as many digits as mean something."""

from __future__ import annotations

from device_agent.measure.decision import Interval
from host.analysis import figures

_NARROW_SPACE = "\u202f"
NONE = "\u2013"
"""What stands where there is no number; the reason is told beside it."""


def milliseconds(nanoseconds: float | None) -> str:
    """Three significant digits, without a unit: tables name it in the head."""
    if nanoseconds is None:
        return NONE
    value = nanoseconds / 1e6
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def microseconds(nanoseconds: float) -> str:
    """As `milliseconds`."""
    return milliseconds(nanoseconds * 1e3)


def count(value: float) -> str:
    """Groups of three digits, apart by a narrow space."""
    return f"{value:,.0f}".replace(",", _NARROW_SPACE)


def rate(value: float) -> str:
    """Something per second."""
    return count(value) if value >= 100 else f"{value:.1f}"


def score(value: float | None) -> str:
    """Percent with one digit, as papers print them."""
    return NONE if value is None else f"{value:.1f}"


def score_interval(interval: Interval | None) -> str:
    """Two ends, in percent."""
    return NONE if interval is None else f"{interval.low:.1f}{NONE}{interval.high:.1f}"


def points(value: float | None) -> str:
    """A difference of scores: always signed, with the real minus, never -0.0."""
    if value is None:
        return NONE
    return figures.signed(value)


def points_interval(interval: Interval | None) -> str:
    """Two signed ends."""
    return NONE if interval is None else figures.signed_interval(interval)


def ratio(value: float | None) -> str:
    """Three digits after the point: a tenth of a percent shows."""
    return NONE if value is None else f"{value:.3f}"


def ratio_interval(interval: Interval) -> str:
    """Two ends."""
    return figures.ratios(interval)


def factor(value: float | None) -> str:
    """How many times something: two digits after the point."""
    return NONE if value is None else f"{value:.2f}"


def factor_interval(interval: Interval | None) -> str:
    """Two ends."""
    return NONE if interval is None else f"{interval.low:.2f}{NONE}{interval.high:.2f}"


def millijoules(joules: float) -> str:
    """Three significant digits, without a unit; less than nothing has the real minus."""
    value = abs(joules) * 1e3
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{figures.MINUS if joules < 0 else ''}{value:.{digits}f}"


def millijoules_interval(interval: Interval) -> str:
    """Two ends, in words where one is below zero."""
    joint = " to " if interval.low < 0 else NONE
    return f"{millijoules(interval.low)}{joint}{millijoules(interval.high)}"


def signed_millijoules(joules: float) -> str:
    """A difference: always signed."""
    return f"{'' if joules < 0 else '+'}{millijoules(joules)}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 1 in percent."""
    return NONE if share is None else f"{share * 100:.{digits}f}{_NARROW_SPACE}%"


def change(ratio: float, interval: Interval | None = None) -> str:
    """A ratio as a signed change in percent, with its interval in brackets."""
    text = f"{figures.signed_percent(ratio)}{_NARROW_SPACE}%"
    return text if interval is None else f"{text} [{change_interval(interval)}]"


def change_interval(interval: Interval) -> str:
    """Both ends of an interval of ratios, as `change`."""
    return ", ".join(figures.percent_ends(interval))


def margin(value: float) -> str:
    """A margin as it was registered: 0.02 is 2 %."""
    return f"{value * 100:g}{_NARROW_SPACE}%"


def margin_points(value: float) -> str:
    """A margin of scores: "1 point", "0.5 points"."""
    return f"{value:g} point{'s' * (value != 1)}"


def size(size_bytes: int | None) -> str:
    """Megabytes of 10^6 bytes, as disks count; gigabytes from 1,000 of them on."""
    if size_bytes is None:
        return NONE
    megabytes = size_bytes / 1e6
    if megabytes >= 1000:
        return f"{megabytes / 1000:.1f}{_NARROW_SPACE}GB"
    return f"{megabytes:.{1 if megabytes < 100 else 0}f}{_NARROW_SPACE}MB"


def digest(value: str) -> str:
    """The first twelve digits, enough to compare by eye."""
    return value[:12]
