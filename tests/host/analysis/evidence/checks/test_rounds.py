"""Rounds that are left out, unplanned, or counted against the agent's own gate are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from tests.host.analysis.evidence.forging import (
    Change,
    body,
    changed,
    forge,
    forge_spec,
    found,
    in_block,
    without,
    without_all,
)
from tests.host.bundles import SMALL, make_bundle, reseal

# In the small bundle seven rounds were run and the board throttled in round 2.


def conditions(**changes: object) -> Change:
    """Change what the first round was like, and nothing else."""
    return changed(
        RoundDone,
        lambda done: msgspec.structs.replace(
            done, conditions=msgspec.structs.replace(done.conditions, **changes)
        ),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"throttled": True},
        {"foreign_cpu_share": 0.9},
        {"frequency_ratio": 0.5},
        {"memory_pressure": 0.2},
        {"swapped_pages": 3},
    ],
    ids=str,
)
def test_a_round_that_the_gate_refuses_cannot_be_valid(
    folder: Path, changes: dict[str, object]
) -> None:
    """The conditions are judged again with the function that the agent judges with."""
    (text,) = found(forge(folder, conditions(**changes)))
    assert "round 0 counts as valid, by its conditions it does not: " in text


def test_a_bad_round_cannot_be_called_good(folder: Path) -> None:
    """A throttled round without its reasons would slip into the means."""
    texts = found(forge(folder, body(RoundDone, 2, invalid=())))
    assert any("round 2 counts as valid, by its conditions it does not" in text for text in texts)


def test_a_good_round_cannot_be_called_bad(folder: Path) -> None:
    """Who leaves out the rounds that do not suit him decides the verdict."""
    texts = found(forge(folder, body(RoundDone, invalid=("too slow",))))
    assert any("round 0 does not count (too slow), by its cond" in text for text in texts), texts
    assert any("has 5 valid rounds of 7, expected 6 or 12 attempts" in text for text in texts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without(RoundDone, 1), "has round 2, expected 1"),
        (without(RoundDone, -1), "has 5 valid rounds of 6, expected 6 or 12 attempts"),
        (without_all(RoundDone), "has 0 valid rounds of 0, expected 6 or 12 attempts"),
        (without_all(RoundDone), "says that nothing is missing, found 0 of 6 valid rounds"),
        (body(RoundDone, blocks=()), "round 0 ran nothing, expected english-int8, english-"),
        (in_block(position=9), "round 0 has the positions [9"),
        (in_block(tokens=lambda old: old[1:]), "round 0 has lists of unlike lengths"),
        (in_block(sample_ids=lambda old: old[::-1]), "round 0 is not paired: queries differ"),
        (in_block(tokens=lambda old: (0, *old[1:])), "an impossible time or without tokens"),
        (in_block(infer_ns=lambda old: (2**63 - 1, *old[1:])), "an impossible time or without"),
        (in_block(tokens=lambda old: (2**40, *old[1:])), "an impossible time or without"),
    ],
)
def test_a_round_that_supports_nothing_is_found(folder: Path, change: Change, message: str) -> None:
    """Rounds are all there, in order, and pair the same queries."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


def everywhere(**lists: object) -> Change:
    """Change lists of every block of the first round alike."""

    def change(done: RoundDone) -> RoundDone:
        blocks = []
        for block in done.blocks:
            new = {n: v(getattr(block, n)) if callable(v) else v for n, v in lists.items()}
            blocks.append(msgspec.structs.replace(block, **new))
        return msgspec.structs.replace(done, blocks=tuple(blocks))

    return changed(RoundDone, change)


_FEWER = dict.fromkeys(
    (
        *("tasks", "languages", "sample_ids", "tokens", "tokenise_ns", "infer_ns", "decode_ns"),
        *("characters", "utf8_bytes"),
    ),
    lambda old: old[1:],
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (everywhere(**_FEWER), "round 0 has 5 queries, the spec plans 6"),
        (everywhere(languages=lambda old: ("fr",) * len(old)), "queries of tatoeba/fr, which the"),
        (everywhere(sample_ids=lambda old: ("z",) * len(old)), "has sample 'z' of tatoeba/zh"),
    ],
)
def test_other_queries_than_planned_are_found(folder: Path, change: Change, message: str) -> None:
    """All variants alike ran what the spec does not have, or fewer of it."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


def test_a_control_that_ran_something_else_is_found(folder: Path) -> None:
    """The same artifact makes the same tokens of the same text."""

    def more_tokens(done: RoundDone) -> RoundDone:
        blocks = tuple(
            msgspec.structs.replace(b, tokens=tuple(t + 1 for t in b.tokens))
            if b.variant == "english-int8-again"
            else b
            for b in done.blocks
        )
        return msgspec.structs.replace(done, blocks=blocks)

    (text,) = found(forge(folder, changed(RoundDone, more_tokens)))
    assert "other token counts for the control english-int8-again than for english-int8" in text


@pytest.mark.parametrize(
    ("rounds", "attempts", "message"),
    [
        (4, 12, "goes on after 4 valid rounds, as many as the spec wants"),
        (6, 6, "has 7 rounds, the spec allows 6 attempts"),
        (9, 12, "has 6 valid rounds of 7, expected 9 or 12 attempts"),
    ],
)
def test_another_plan_than_was_run_is_found(
    folder: Path, rounds: int, attempts: int, message: str
) -> None:
    """The agent stops where the plan says, not earlier and not later."""
    plan = Performance(rounds=rounds, attempts=attempts, queries=6, warmup_queries=3)
    texts = found(forge_spec(folder, performance=plan))
    assert any(message in text for text in texts), texts


def test_rounds_without_performance_mode_are_found(folder: Path) -> None:
    """What the spec does not plan was not run by it."""
    (text,) = found(forge_spec(folder, modes=("accuracy",)))
    assert "has round 0, and the spec plans no performance mode" in text


def test_used_up_attempts_are_no_failure(folder: Path) -> None:
    """A board that throttles for ever ends its run with fewer valid rounds, and says so."""
    plan = Performance(rounds=9, attempts=7, queries=6, warmup_queries=3)
    forge_spec(folder, performance=plan)
    assert found(folder) == [
        "manifest.json: says that nothing is missing, found 6 of 9 valid rounds"
    ]
    manifest = folder / "manifest.json"
    said = manifest.read_bytes().replace(b'"missing": []', b'"missing": ["6 of 9 valid rounds"]')
    manifest.write_bytes(said)
    assert found(forge_spec(folder)) == []


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"characters": lambda old: old[1:]}, "has lists of unlike lengths"),
        ({"characters": lambda old: (1, *old[1:])}, "other text sizes for one variant"),
    ],
    ids=["length", "variant"],
)
def test_text_sizes_belong_to_the_queries(
    folder: Path, lists: dict[str, object], message: str
) -> None:
    """All variants ran the same texts, so they tell the same sizes."""
    assert any(message in text for text in found(forge(folder, in_block(0, **lists))))


@pytest.mark.parametrize("sizes", [{"utf8_bytes": ()}, {"utf8_bytes": (1,) * 6}], ids=str)
def test_impossible_text_sizes_are_found(folder: Path, sizes: dict[str, object]) -> None:
    """Bytes without characters, or fewer of them than characters, in every variant alike."""

    def in_all(done: RoundDone) -> RoundDone:
        blocks = tuple(msgspec.structs.replace(block, **sizes) for block in done.blocks)
        return msgspec.structs.replace(done, blocks=blocks)

    (text,) = found(forge(folder, changed(RoundDone, in_all, 0)))
    assert "has a text of an impossible size" in text


def test_a_bundle_of_an_older_agent_has_no_sizes_and_verifies(tmp_path: Path) -> None:
    """The fields came later; without them the journal is what it always was."""
    folder = make_bundle(tmp_path / "old", replace(SMALL, sized=False))
    journal = (folder / JOURNAL_NAME).read_bytes()
    assert b'"characters":[]' in journal
    old = journal.replace(b'"characters":[],', b"").replace(b',"utf8_bytes":[]', b"")
    assert b"characters" not in old
    assert b"utf8_bytes" not in old
    assert found(reseal(folder, {JOURNAL_NAME: old})) == []
