"""What the golden set says of an artifact's outputs can always be written down."""

from __future__ import annotations

import numpy as np
import pytest

from device_agent import golden
from device_agent.contract import codec
from device_agent.contract.artifact import Agreement, HeadName, Parity, Tolerance
from device_agent.golden import GoldenSample
from device_agent.tasks.protocol import Outputs, Row

ROW = Row(np.ones((1, 3), np.int64), np.zeros((1, 3), np.int64))
LIMITS = Tolerance(relative_error=0.1, cosine=0.9, label_agreement=0.5)


def _outputs(head: HeadName, values: list[float]) -> Outputs:
    name = "embedding" if head == "sentence-embedding" else "logits"
    return {name: np.array([values], np.float32)}


@pytest.mark.parametrize("head", ["sequence-classification", "sentence-embedding"])
@pytest.mark.parametrize("wrong", [float("inf"), float("-inf"), float("nan"), 3e38])
def test_outputs_that_are_no_numbers_fail_and_can_be_journalled(
    head: HeadName, wrong: float
) -> None:
    """JSON knows neither infinity nor NaN, and null could not be read again."""
    sample = GoldenSample("en", (ROW,), (_outputs(head, [1.0, 2.0]),))
    with np.errstate(all="ignore"):
        overall, per_language = golden.compare(
            [sample], lambda _: _outputs(head, [wrong, 1.0]), head
        )
    again = codec.decode(codec.encode(overall), Agreement, source="test")
    assert again == overall
    assert golden.broken_limits(
        Parity(tolerance=LIMITS, overall=overall, per_language=per_language)
    )


def test_equal_outputs_agree_wholly() -> None:
    """No error, cosine 1, every decision the same."""
    sample = GoldenSample("en", (ROW,), (_outputs("sequence-classification", [1.0, 2.0]),))
    overall, _ = golden.compare([sample], lambda _: sample.reference[0], "sequence-classification")
    assert (overall.max_abs_error, overall.relative_error, overall.label_agreement) == (0, 0, 1)
    assert overall.cosine == pytest.approx(1.0)
