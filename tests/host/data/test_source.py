"""Tests of reading the benchmark's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from host.data.source import how_to_get, languages_of, open_pool, pool_language_of, read_language

MEWSLIX = tasks.get("mewslix")


def test_a_pool_can_be_read_again_and_again(pooled: Path) -> None:
    """It is a stream from the disk, the very candidates that the task reads at once."""
    pool = open_pool(MEWSLIX, pooled, "test")
    assert pool is not None
    assert list(pool) == list(pool) == read_language(MEWSLIX, pooled, "mul", "test")


def test_a_pool_without_its_file_is_none(tmp_path: Path) -> None:
    """Absent is not broken."""
    assert open_pool(MEWSLIX, tmp_path, "test") is None


def test_a_pool_that_is_empty_or_doubled_is_refused(pooled: Path) -> None:
    """No candidate to find, or two of one name: neither can be scored."""
    path = pooled / "mewslix" / "candidate_set_entities.jsonl"
    first = path.read_text().splitlines(keepends=True)[0]
    path.write_text(first + first)
    pool = open_pool(MEWSLIX, pooled, "test")
    assert pool is not None
    with pytest.raises(DataError, match="'Q0' twice"):
        list(pool)
    path.write_text("")
    with pytest.raises(DataError, match="without a candidate"):
        open_pool(MEWSLIX, pooled, "test")


def test_only_mewslix_has_candidates_of_no_language() -> None:
    """What it calls them is none of its languages."""
    pools = {name: pool_language_of(tasks.get(name)) for name in tasks.names()}
    assert {name: pool for name, pool in pools.items() if pool} == {"mewslix": "mul"}
    assert "mul" not in languages_of(MEWSLIX)


def test_each_task_says_where_its_files_come_from() -> None:
    """Those with a script of their own name it; what has been tried is not advised again."""
    assert "download_lareqa_data.sh" in how_to_get("lareqa")
    assert "host data fetch" in how_to_get("xnli")
    assert "host data fetch" not in how_to_get("xnli", by_hand=True)
