"""Tests of where each task lies on the hub."""

from __future__ import annotations

import pytest

from device_agent import tasks
from host.data.fetch.sources import NOT_ON_THE_HUB, SOURCES
from host.data.source import languages_of


def test_every_task_is_on_the_hub_or_is_said_not_to_be() -> None:
    """No task is forgotten, and none stands in both lists."""
    assert sorted([*SOURCES, *NOT_ON_THE_HUB]) == sorted(tasks.names())


@pytest.mark.parametrize("task", SOURCES)
def test_a_language_is_in_one_dataset_and_one_of_the_tasks(task: str) -> None:
    """A dataset offers nothing that the benchmark does not have, and nothing twice."""
    offered = [language for source in SOURCES[task] for language in source.configs]
    assert len(offered) == len(set(offered))
    assert set(offered) <= set(languages_of(tasks.get(task)))


def test_only_udpos_lacks_languages() -> None:
    """Those that XTREME-R adds to it are in no dataset of its kind."""
    lacking = {
        task: sorted(set(languages_of(tasks.get(task))) - {c for s in sources for c in s.configs})
        for task, sources in SOURCES.items()
    }
    assert {task: some for task, some in lacking.items() if some} == {
        "udpos": ["lt", "pl", "ro", "uk", "wo"]
    }


def test_configurations_are_those_of_the_cards() -> None:
    """One of each kind, as the hub lists them."""
    named = {
        (task, language): source.configs[language]
        for task, sources in SOURCES.items()
        for source in sources
        for language in source.configs
    }
    assert named["xnli", "de"] == "de"
    assert named["udpos", "zh"] == "udpos.Chinese"
    assert named["panx", "de"] == "PAN-X.de"
    assert named["panx", "uk"] == "uk"
    assert named["xquad", "ro"] == "xquad.ro"
    assert named["mlqa", "de"] == "MLQA.de.de"
    assert named["tydiqa", "ar"] == "tydiqa"
    assert named["tatoeba", "fa"] == "tatoeba.pes"
    assert named["tatoeba", "uk"] == "ukr-eng"
