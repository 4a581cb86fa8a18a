"""One comparison of a whole study, made once for all report tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.results import Comparison
from tests.host.bundles import Plan, make_bundle

PLAN = replace(
    Plan(), samples=15, rounds=12, queries=24, throttled=(4,), no_gold=(("xnli", "hi"),), seed=3
)


def comparison_of(folder: Path, *plans: Plan) -> Comparison:
    """Make, load and compare a bundle per plan."""
    bundles = [
        load_bundle(make_bundle(folder / f"bundle{number}", plan))
        for number, plan in enumerate(plans)
    ]
    return compare(bundles, resamples=200)


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return comparison_of(tmp_path_factory.mktemp("report"), PLAN)
