"""Numbers are written with units, signs and as many digits as mean something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from device_agent.measure.decision import Interval
from host.report import numbers


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (numbers.milliseconds, 1_234_000, "1.23"),
        (numbers.milliseconds, 12_340_000, "12.3"),
        (numbers.milliseconds, 123_400_000, "123"),
        (numbers.milliseconds, None, "–"),
        (numbers.microseconds, 242_000, "242"),
        (numbers.count, 1_234_567, "1\u202f234\u202f567"),
        (numbers.rate, 52.24, "52.2"),
        (numbers.rate, 4010.9, "4\u202f011"),
        (numbers.score, 63.94, "63.9"),
        (numbers.score, 0.0, "0.0"),
        (numbers.score, None, "–"),
        (numbers.points, 3.14, "+3.1"),
        (numbers.points, -3.14, "−3.1"),
        (numbers.points, -0.04, "+0.0"),
        (numbers.points, None, "–"),
        (numbers.points_interval, Interval(-0.7, 1.25, 0.95), "−0.7 to +1.2"),
        (numbers.ratio, 0.9992, "0.999"),
        (numbers.ratio_interval, Interval(0.9955, 1.0033, 0.9), "0.996–1.003"),
        (numbers.percent, 0.0052, "0.5\u202f%"),
        (numbers.percent, None, "–"),
        (numbers.margin, 0.02, "2\u202f%"),
        (numbers.margin, 0.025, "2.5\u202f%"),
        (numbers.size, 41_112_000, "41.1\u202fMB"),
        (numbers.size, 278_000_000, "278\u202fMB"),
        (numbers.size, 1_112_000_000, "1.1\u202fGB"),
        (numbers.size, None, "–"),
        (numbers.digest, "0123456789abcdef", "0123456789ab"),
    ],
)
def test_every_kind_of_number(write: Callable[[object], str], value: object, text: str) -> None:
    """An absent number is a dash, and zero is zero."""
    assert write(value) == text
