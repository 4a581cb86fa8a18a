"""Writes numbers for people: units, signs and as many digits as mean something."""

from __future__ import annotations

from device_agent.measure.decision import Interval

_NARROW_SPACE = "\u202f"
_MINUS = "\u2212"
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


def points(value: float | None) -> str:
    """A difference of scores: always signed, with the real minus, never -0.0."""
    if value is None:
        return NONE
    rounded = round(value, 1)
    return f"{_MINUS if rounded < 0 else '+'}{abs(rounded):.1f}"


def points_interval(interval: Interval | None) -> str:
    """Two signed ends."""
    if interval is None:
        return NONE
    return f"{points(interval.low)} to {points(interval.high)}"


def ratio(value: float | None) -> str:
    """Three digits after the point: a tenth of a percent shows."""
    return NONE if value is None else f"{value:.3f}"


def ratio_interval(interval: Interval) -> str:
    """Two ends."""
    return f"{interval.low:.3f}{NONE}{interval.high:.3f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 1 in percent."""
    return NONE if share is None else f"{share * 100:.{digits}f}{_NARROW_SPACE}%"


def margin(value: float) -> str:
    """A margin as it was registered: 0.02 is 2 %."""
    return f"{value * 100:g}{_NARROW_SPACE}%"


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
