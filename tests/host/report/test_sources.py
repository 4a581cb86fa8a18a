"""Numbers lead back to the events of the journal that hold them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent.contract.events import RoundDone, Scored
from host.analysis.bundle import load_bundle
from host.analysis.results import Comparison
from host.report.origins import origins
from host.report.sources import Sources, events, span
from tests.host.bundles import SMALL, make_bundle


@pytest.mark.parametrize(
    ("seqs", "text"),
    [
        ([], "no event"),
        ([7], "event 7"),
        ([9, 7], "events 7 and 9"),
        ([7, 8, 9, 9], "events 7 to 9"),
        ([1, 3, 4, 5, 9], "events 1, 3 to 5 and 9"),
    ],
)
def test_seqs_in_words(seqs: list[int], text: str) -> None:
    """Sorted, each once, neighbours together."""
    assert events(seqs) == text


def test_many_seqs_are_counted() -> None:
    """A list that fills a page says less than its number and its ends."""
    assert span([1, 3, 5]) == "events 1, 3 and 5"
    assert span(range(1, 2001, 2)) == "1\u202f000 events from 1 to 1999"


def test_an_event_is_the_line_of_that_number(tmp_path: Path) -> None:
    """What the page says of the journal is so: line n is event n, and holds that score."""
    folder = make_bundle(tmp_path / "b", SMALL)
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    for (variant, task, language), seq in Sources.of(load_bundle(folder)).scored.items():
        event = json.loads(lines[seq - 1])
        assert event["seq"] == seq
        body = event["body"]
        assert (body["variant"], body["task"], body["language"]) == (variant, task, language)


def test_scores_and_rounds_are_found(comparison: Comparison) -> None:
    """Every score once, rounds by number, valid ones apart; retrieval has two events."""
    bundle = comparison.runs[0].bundle
    sources = Sources.of(bundle)
    bodies = {event.seq: event.body for event in bundle.events}
    assert len(sources.scored) == len(list(bundle.bodies(Scored)))
    assert all(isinstance(bodies[seq], RoundDone) for seq in sources.rounds.values())
    assert len(sources.valid_seqs) == 12
    assert sources.invalid_seqs == (sources.rounds[4],)
    assert sources.score("english-int8", "xnli", "en").startswith("event ")
    assert sources.score("english-int8", "tatoeba", "de").startswith("events ")
    assert sources.score("english-int8", "tatoeba", "nowhere") == "no event"


def test_every_kind_of_number_has_an_origin(comparison: Comparison) -> None:
    """Files of the bundle that exist, with their events where they are of the journal."""
    (run,) = comparison.runs
    names = {entry.path for entry in run.bundle.manifest.files} | {"manifest.json"}
    found = list(origins(run, Sources.of(run.bundle)))
    assert len(found) == 9
    for origin in found:
        for path in origin.files.split(", "):
            assert path in names or any(name.startswith(path) for name in names)
        assert ("journal.jsonl" in origin.files) == bool(origin.events)
