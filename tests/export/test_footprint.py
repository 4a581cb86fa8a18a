"""What an export is said to take, held against what was measured."""

from __future__ import annotations

import pytest

from export.footprint import estimate

_BASE, _LARGE, _TINY = 1_112_200_000, 2_239_600_000, 1_500_000


@pytest.mark.parametrize(
    ("fp32_bytes", "recipes", "trimmed", "measured_bytes"),
    [
        (_TINY, ["fp32", "int8-dynamic"], False, 518_000_000),
        (_BASE, ["int8-dynamic"], False, 1_847_000_000),
        (_BASE, ["fp32"], False, 1_696_000_000),
        (_LARGE, ["fp32"], False, 2_880_000_000),
        (_LARGE, ["int8-dynamic"], False, 2_875_000_000),
    ],
)
def test_the_estimate_is_no_less_than_the_measured_peak_and_not_much_more(
    fp32_bytes: int, recipes: list[str], trimmed: bool, measured_bytes: int
) -> None:
    """Too little runs out of memory, too much leaves cores idle."""
    found = estimate(fp32_bytes, recipes, "onnx", trimmed=trimmed).memory_bytes
    assert measured_bytes <= found <= 1.25 * measured_bytes


def test_disk_is_for_the_working_copies_and_what_is_kept() -> None:
    """int8 keeps 0.3 of the weights, fp32 all of them."""
    found = estimate(1_000_000_000, ["fp32", "int8-dynamic"], "onnx", trimmed=False)
    assert found.kept_bytes == 1_300_000_000
    assert found.disk_bytes == 3_300_000_000 + (64 << 20)
