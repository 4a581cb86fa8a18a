"""What is printed must not contradict the verdict beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.measure.decision import Interval
from host.analysis import figures


def _interval(low: float, high: float) -> Interval:
    return Interval(low, high, 0.95)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-1.26, 0.84, "−1.3 to +0.8"),
        (-1.26, -0.03, "−1.26 to −0.03"),
        (0.004, 0.5, "+0.004 to +0.500"),
        (0.0, 0.5, "+0.0 to +0.5"),
        (-0.0, 0.0, "+0.0 to +0.0"),
        (-0.00001, 0.2, "+0.000 to +0.200"),
    ],
)
def test_an_end_close_to_nothing_has_digits_enough(low: float, high: float, text: str) -> None:
    """A WORSE of -1.3 to -0.03 read "to +0.0"."""
    assert figures.signed_interval(_interval(low, high)) == text


def test_ratios_show_on_which_side_of_one_they_end() -> None:
    """1.000 beside a SLOWER would contradict it."""
    assert figures.ratios(_interval(1.0003, 1.08)) == "1.0003–1.0800"
    assert figures.ratios(_interval(0.98, 1.08)) == "0.980–1.080"
    assert figures.percent_ends(_interval(0.98, 0.9996)) == ("−2.00", "−0.04")
    assert figures.percent_ends(_interval(0.98, 1.01)) == ("−2.0", "+1.0")


@given(st.floats(-60, 60), st.floats(-60, 60))
def test_an_interval_that_excludes_zero_never_reads_as_if_it_did_not(a: float, b: float) -> None:
    """The signs of both ends are those of the numbers, down to half a thousandth of a point."""
    interval = _interval(min(a, b), max(a, b))
    told = figures.signed_interval(interval).split(" to ")
    for end, text in zip((interval.low, interval.high), told, strict=True):
        if abs(end) > 0.0005:
            assert text.startswith("−" if end < 0 else "+")
            assert float(text.replace("−", "-")) != 0
