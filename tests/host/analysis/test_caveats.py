"""What limits retrieval's scores stands beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.bundle import load_bundle
from host.analysis.caveats import bundle_caveats
from tests.host.bundles import SMALL, make_bundle


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    cells = {"bucc2018": ("de",), "lareqa": ("en", "de"), "mewslix": ("en", "ar")}
    folder = tmp_path_factory.mktemp("caveats") / "bundle"
    bundle = load_bundle(make_bundle(folder, replace(SMALL, cells=cells, modes=("accuracy",))))
    return "\n".join(caveat.line for caveat in bundle_caveats(bundle, None, {}))


def test_subsets_say_how_much_of_what(texts: str) -> None:
    """Over all languages; a pool without queries is no subset."""
    assert "bucc2018: 8 of 1,000 in de; lareqa: 8 of 1,000 in en de; mewslix: 8 of 1,000" in texts


def test_smaller_pools_are_named_once_a_task(texts: str) -> None:
    """Both languages and both variants share the line."""
    assert texts.count("mewslix: 8 of 1,003,893 candidates in en ar") == 1
    assert texts.count("lareqa: 16 candidates, pool of 2 of 11 languages in en de") == 1


def test_float16_and_fitted_thresholds_are_told(texts: str) -> None:
    """The threshold with each variant's own value."""
    assert "Vectors of mewslix were stored as float16" in texts
    assert "Pairs are mined above a threshold" in texts
    assert "bucc2018 de: english-int8 1.0625, multilingual-int8 1.0625" in texts


def test_a_pool_is_no_language_anywhere(texts: str) -> None:
    """`mul` is the name of no language."""
    assert "mul," not in texts
    assert "mul)" not in texts


def test_in_accuracy_mode_alone_the_data_stands_beside_the_verdict(tmp_path: Path) -> None:
    """Subsets and pools are grave, the absent latency is not."""
    plan = replace(SMALL, modes=("accuracy",))
    caveats = bundle_caveats(load_bundle(make_bundle(tmp_path / "b", plan)), None, {})
    grave = " ".join(caveat.line for caveat in caveats if caveat.grave)
    assert "over seeded subsets" in grave
    assert "Latency" not in grave


def test_smaller_data_is_told_with_numbers(tmp_path: Path) -> None:
    """Without any limit, too: what there is, of what the benchmark has."""
    plan = replace(SMALL, cells={"xnli": ("en", "de")}, available=None, modes=("accuracy",))
    caveats = bundle_caveats(load_bundle(make_bundle(tmp_path / "b", plan)), None, {})
    told = " ".join(caveat.line for caveat in caveats)
    assert "xnli has 8 of about 5,010 sentence pairs a language in en de" in told


def test_a_task_that_nobody_learned_stands_beside_the_verdict(tmp_path: Path) -> None:
    """With what guessing scores there."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))
    (told,) = [c for c in bundle_caveats(bundle, None, {"xnli": 34.56}) if "guessing" in c.line]
    assert told.grave
    assert told.line.endswith(
        "in xnli: differences there support no verdict. xnli: guessing scores 34.6"
    )
