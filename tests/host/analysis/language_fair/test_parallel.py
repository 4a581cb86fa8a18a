"""Rows of equal names are the same sentences only where the data shows nothing against it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from host.analysis.bundle import Bundle, load_bundle
from host.analysis.language_fair.parallel import (
    is_parallel,
    parallel_row,
    why_not_parallel,
)
from tests.host.bundles import SMALL, make_bundle

CELLS = {"xnli": ("en", "de"), "xquad": ("en", "de")}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    plan = replace(SMALL, cells=CELLS, samples=40, parallel=True)
    return load_bundle(make_bundle(tmp_path / "b", plan))


@pytest.mark.parametrize(
    ("task", "id_", "row"),
    [
        ("xnli", "th-17", "17"),
        ("xcopa", "th-17", "17"),
        ("xquad", "56beb4", "56beb4"),
        ("lareqa", "56beb4_th", "56beb4"),
        ("lareqa", "th_3_0", None),
    ],
)
def test_a_row_has_one_name_in_every_language(task: str, id_: str, row: str | None) -> None:
    """LAReQA's candidates are sentences of a translation, which may have more of them."""
    assert parallel_row(task, "th", id_) == row


@pytest.mark.parametrize("task", ["tatoeba", "bucc2018", "tydiqa", "udpos", "panx", "mewslix"])
def test_other_tasks_have_other_sentences_in_every_language(task: str) -> None:
    """Tatoeba's pairs are with English, and each language has its own English sentences."""
    assert not is_parallel(task)


def test_translated_rows_with_the_same_labels_are_parallel(bundle: Bundle) -> None:
    """Nothing speaks against it."""
    assert why_not_parallel(bundle, "xnli", "de", "en") is None
    assert why_not_parallel(bundle, "xquad", "de", "en") is None


def test_files_of_unlike_length_are_not_parallel(bundle: Bundle) -> None:
    """A line broken in two moves all lines behind it."""
    datasets = tuple(
        msgspec.structs.replace(d, available=1001) if (d.task, d.language) == ("xnli", "de") else d
        for d in bundle.spec.datasets
    )
    broken = replace(bundle, spec=msgspec.structs.replace(bundle.spec, datasets=datasets))
    reason = why_not_parallel(broken, "xnli", "de", "en")
    assert reason is not None
    assert "its file has 1,001 rows, that of en 1,000" in reason


def test_labels_that_differ_are_those_of_other_sentences(tmp_path: Path) -> None:
    """A file of another split has as many rows, and other labels."""
    plan = replace(SMALL, cells=CELLS, samples=40)
    unlike = load_bundle(make_bundle(tmp_path / "b", plan))
    reason = why_not_parallel(unlike, "xnli", "de", "en")
    assert reason is not None
    assert "of 40 labels differ from those of en" in reason
