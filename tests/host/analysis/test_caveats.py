"""What limits retrieval's scores stands beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from host.analysis.bundle import load_bundle
from host.analysis.caveats import bundle_caveats
from tests.host.bundles import SMALL, make_bundle


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    cells = {"bucc2018": ("de",), "lareqa": ("en", "de"), "mewslix": ("en", "ar")}
    folder = tmp_path_factory.mktemp("caveats") / "bundle"
    bundle = load_bundle(make_bundle(folder, replace(SMALL, cells=cells, modes=("accuracy",))))
    return "\n".join(caveat.text for caveat in bundle_caveats(bundle, None))


def test_subsets_say_how_much_of_what(texts: str) -> None:
    """Over all languages; a pool without queries is no subset."""
    assert "Scores of bucc2018 (8 of 1,000), lareqa (16 of 2,000), mewslix (16 of 2,000)" in texts


def test_smaller_pools_are_named_once_a_task(texts: str) -> None:
    """Both languages and both variants share the line."""
    assert texts.count("mewslix (en, ar): looked up among 8 of 1,003,893 candidates") == 1
    assert texts.count("lareqa (en, de): looked up among 16 candidates, pool of 2 of 11") == 1


def test_float16_and_fitted_thresholds_are_told(texts: str) -> None:
    """The threshold with each variant's own value."""
    assert "Vectors of mewslix were stored as float16" in texts
    assert "Pairs of bucc2018 de are mined above a threshold" in texts
    assert "english-int8 1.0625, multilingual-int8 1.0625." in texts


def test_a_pool_is_no_language_anywhere(texts: str) -> None:
    """`mul` is the name of no language."""
    assert "mul," not in texts
    assert "mul)" not in texts
