"""Ranked ids by query id."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.rankings import compare_mentions, compare_rankings
from tests.host.scoring.conftest import RunCompare


def test_rankings_and_all_targets_are_read(compare: RunCompare) -> None:
    """LAReQA: a question has a target in each language."""
    found = compare(compare_rankings, '{"q": ["de_1", "en_4"]}', '{"q": ["en_4", "de_4"]}')
    assert found.predictions == {"q": ("de_1", "en_4")}
    assert found.gold == {"q": ("en_4", "de_4")}


def test_a_mention_has_one_entity(compare: RunCompare) -> None:
    """The first of the list, without space around it, as the official scorer takes it."""
    found = compare(compare_mentions, '{"m": ["Q1", "Q2"]}', '{"m": [" Q2 ", "Q1"]}')
    assert found.gold == {"m": ("Q2",)}


@pytest.mark.parametrize(
    ("ids", "found"),
    [('"Q1"', "a text for 'm'"), ("{}", "an object for 'm'"), ("[1]", "a number among the ids")],
)
def test_a_ranking_is_a_list_of_texts(compare: RunCompare, ids: str, found: str) -> None:
    """A single id outside a list would be read letter by letter."""
    for function in (compare_rankings, compare_mentions):
        with pytest.raises(DataError, match=f"predictions: found {found}"):
            compare(function, f'{{"m": {ids}}}', '{"m": ["Q1"]}')


def test_a_query_without_target_is_refused(compare: RunCompare) -> None:
    """There is nothing to find."""
    for function in (compare_rankings, compare_mentions):
        with pytest.raises(DataError, match="labels: found no gold id for 'm'"):
            compare(function, "{}", '{"m": []}')


def test_an_empty_ranking_is_one(compare: RunCompare) -> None:
    """Nothing was found."""
    assert compare(compare_rankings, '{"m": []}', '{"m": ["a"]}').predictions == {"m": ()}
