"""UDPOS and PANX: how their tags are scored."""

from __future__ import annotations

import pytest

from device_agent import tasks

GOLD = {"1": ("DET", "NOUN", "NOUN", "NOUN", "VERB", "ADV"), "2": ("SYM", "SYM")}
FOUND = {"1": ("DET", "NOUN", "ADJ", "NOUN", "VERB", "ADV"), "2": ("SYM", "SYM")}


def test_udpos_reports_chunk_f1_and_beside_it_the_share_of_right_tags() -> None:
    """The primary metric is not the token accuracy."""
    metrics = tasks.get("udpos").score(FOUND, GOLD, "de").metrics
    assert metrics["f1"] == pytest.approx(100 * 2 * 5 / (8 + 6))
    assert metrics["precision"] == pytest.approx(100 * 5 / 8)
    assert metrics["recall"] == pytest.approx(100 * 5 / 6)
    assert metrics["token_accuracy"] == pytest.approx(100 * 7 / 8)


def test_panx_scores_entities_leniently() -> None:
    """An I without a B before it starts an entity, so both agree."""
    gold, found = {"1": ("B-PER", "I-PER", "O")}, {"1": ("I-PER", "I-PER", "O")}
    metrics = tasks.get("panx").score(found, gold, "de").metrics
    assert metrics == {"f1": 100.0, "precision": 100.0, "recall": 100.0}


def test_credit_is_the_share_of_right_tags() -> None:
    """Five of six words right."""
    assert tasks.get("udpos").credit(FOUND["1"], GOLD["1"], "en") == pytest.approx(5 / 6)
