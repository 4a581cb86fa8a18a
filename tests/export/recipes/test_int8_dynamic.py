"""int8-dynamic quantizes what it says, and says what it left."""

from __future__ import annotations

from pathlib import Path

from export.recipes import int8_dynamic


def test_quantizes_every_product_with_weights_and_every_embedding(
    source: Path, tmp_path: Path
) -> None:
    """Two layers of six and the pooler; words and positions, not the two token types."""
    report = int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert report.quantized == {"MatMul": 12, "Gemm": 1, "Gather": 2}
    reasons = sorted(report.skipped.values())
    assert [reason.split(":")[0] for reason in reasons] == [
        *["has 2 rows"],
        *["has 3 outputs, the scores themselves"],
        *["has no weights"] * 4,
    ]
