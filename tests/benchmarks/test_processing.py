"""The benchmark of pre- and post-processing: what it picks, and how it sums up."""

from __future__ import annotations

from collections import Counter

import pytest
from click.testing import CliRunner

from benchmarks.processing import Cost, main, pick, summarise


def test_shares_are_parts_of_the_inference_time() -> None:
    """Queries without inference count in the medians of processing and in no share."""
    report = summarise(
        [
            Cost("de", tokenise_ns=2_000_000, decode_ns=1_000_000, infer_ns=200_000_000),
            Cost("th", tokenise_ns=4_000_000, decode_ns=1_000_000, infer_ns=400_000_000),
            Cost("th", tokenise_ns=9_000_000, decode_ns=9_000_000, infer_ns=None),
        ]
    )
    assert report.tokenise_share == pytest.approx(6 / 600)
    assert report.decode_share == pytest.approx(2 / 600)
    assert report.processing_share == pytest.approx(8 / 600)
    assert report.by_language == pytest.approx({"de": 3 / 200, "th": 5 / 400})
    assert (report.queries, report.processed) == (2, 3)
    assert (report.tokenise_ms, report.decode_ms, report.infer_ms) == (4, 1, 300)


def test_the_inferred_queries_are_spread_over_all_languages(data_dir) -> None:
    """The whole sample is processed; the same seed infers the same queries again."""
    queries = pick(data_dir / "xtreme_r_sample", 30, seed=1)
    inferred = Counter(query.language for query in queries if query.inferred)
    assert len(queries) == 1200
    assert len(inferred) == 12
    assert sorted(inferred.values()) == [2] * 6 + [3] * 6
    assert pick(data_dir / "xtreme_r_sample", 30, seed=1) == queries


def test_help_has_an_example() -> None:
    """Options are explained without running anything."""
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output
