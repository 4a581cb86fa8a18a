"""Rankings of queries or candidates that were never run are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import Ranked
from tests.host.analysis.evidence.forging import Change, again, body, changed, forge, found, without


def rank(query: str, *candidates: str) -> Change:
    """Give one query another ranking."""
    return rankings(lambda old: {**old, query: candidates})


def rankings(change: Callable[[dict], dict]) -> Change:
    return changed(Ranked, lambda r: msgspec.structs.replace(r, rankings=change(r.rankings)))


def renamed(old: dict) -> dict:
    return {("en-77" if key == "en-7" else key): value for key, value in old.items()}


def without_credit(ranked: Ranked) -> Ranked:
    return msgspec.structs.replace(ranked, credits={"en-0": ranked.credits["en-0"]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without(Ranked), "lacks the ranking of english-int8 tatoeba/zh"),
        (again(Ranked), "has the ranking of english-int8 tatoeba/zh again, expected it once"),
        (body(Ranked, language="de"), "a ranking of english-int8 tatoeba/de, which the spec does"),
        (body(Ranked, task="xnli", language="en"), "english-int8 xnli/en, which the spec does not"),
        (body(Ranked, rankings={}), "has 0 queries, the spec plans 8"),
        (rankings(renamed), "has the query 'en-77', which was not run"),
        (rank("en-0", "zh-0", "zh-0"), "has a candidate of query 'en-0' twice"),
        (rank("en-0", "zh-99"), "has 'zh-99' for query 'en-0', which is no candidate"),
        (rank("en-0", "en-1"), "has 'en-1' for query 'en-0', which is no candidate"),
        (body(Ranked, pool=9), "looked among 9 candidates, the spec plans 8"),
        (body(Ranked, pool=2), "looked among 2 candidates, the spec plans 8"),
        (body(Ranked, credits={}), "has gold and no credit for query 'en-0'"),
        (changed(Ranked, without_credit), "has gold and no credit for query 'en-1'"),
        (body(Ranked, threshold=0.5), "is unscored (None) or has a threshold, expected neither"),
        (body(Ranked, unscored="hidden"), "is unscored (hidden) or has a threshold"),
    ],
)
def test_a_ranking_of_what_was_not_run_is_found(folder: Path, change: Change, message: str) -> None:
    """Queries are the planned ones, candidates those that were embedded, each once."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts
