"""One comparison of a whole study, made once for all report tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.results import Comparison
from tests.host.bundle_plan import all_cells
from tests.host.bundles import Plan, make_bundle

PLAN = replace(
    Plan(), samples=15, rounds=12, queries=24, throttled=(4,), no_gold=(("xnli", "hi"),), seed=3
)

BIG = replace(
    Plan(), cells=all_cells(), samples=10, available=None, rounds=6, queries=220, throttled=(3,)
)
"""All twelve tasks in every language of XTREME and XTREME-R, four variants."""


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


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return comparison_of(tmp_path_factory.mktemp("big"), BIG)
