"""On real data: which tasks are parallel, and that a limit draws the same rows of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import Gold
from host.analysis.language_fair.parallel import BY_ID, BY_NUMBER, parallel_row
from host.data.sampling import draw
from host.data.source import read_language

LIMIT, SEED = 20, 13


def drawn(root: Path, task: str) -> dict[str, dict[str, Gold | None]]:
    """Return by language the rows that a limit draws, with their labels."""
    one = tasks.get(task)
    found = {}
    for language in {*one.languages_xtreme, *one.languages_xtreme_r, *one.languages_beyond}:
        samples = read_language(one, root, language, "test")
        if samples:
            kept = draw(samples, LIMIT, language=language, seed=SEED)
            found[language] = {
                row: sample.gold
                for sample in kept
                if (row := parallel_row(task, language, sample.id)) is not None
            }
    return found


@pytest.mark.parametrize("task", ["xnli", "pawsx", "xcopa", "xquad", "lareqa"])
def test_a_limit_draws_the_same_rows_in_every_language(data_dir: Path, task: str) -> None:
    """Whatever the language, the same sentences: then their times can be compared."""
    assert task in BY_ID + BY_NUMBER
    rows = {
        language: set(own) for language, own in drawn(data_dir / "xtreme_r_sample", task).items()
    }
    assert len(rows) >= 7
    assert len(rows["en"]) == LIMIT
    assert all(own == rows["en"] for own in rows.values())


def test_mlqa_shares_some_of_the_rows(data_dir: Path) -> None:
    """Each question is there in English and some languages, so the draws overlap in part."""
    found = drawn(data_dir / "xtreme_r_sample", "mlqa")
    rows = {language: set(own) for language, own in found.items()}
    assert any(rows[language] & rows["en"] for language in rows if language != "en")


@pytest.mark.parametrize("task", ["xnli", "xcopa"])
def test_labels_agree_where_rows_are_the_same_sentences(data_dir: Path, task: str) -> None:
    """That is what rows of equal number are recognised by."""
    found = drawn(data_dir / "xtreme_r_sample", task)
    reference = found.pop("et" if task == "xcopa" else "en")
    for own in found.values():
        both = [(own[row], reference[row]) for row in own if None not in (own[row], reference[row])]
        assert all(ours == theirs for ours, theirs in both)


def test_rows_of_another_split_are_recognised_by_their_labels(data_dir: Path) -> None:
    """The sample's PAWS-X has test sentences in de and zh, and dev sentences elsewhere."""
    found = drawn(data_dir / "xtreme_r_sample", "pawsx")

    def agreement(one: str, other: str) -> float:
        pairs = [(found[one][row], found[other][row]) for row in found[one]]
        known = [(a, b) for a, b in pairs if None not in (a, b)]
        return sum(a == b for a, b in known) / len(known)

    assert agreement("fr", "en") >= 0.9
    assert agreement("de", "en") < 0.9
