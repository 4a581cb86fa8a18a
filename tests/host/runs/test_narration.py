"""What is told of a run in words while it goes on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import (
    Body,
    Conditions,
    Event,
    RoundDone,
    Scored,
    StateChanged,
)
from device_agent.contract.runspec import Dataset, Performance, RunSpec
from device_agent.contract.upkeep import StretchDone
from host.runs.narration import Narrator
from host.runs.progress import Progress
from tests.agents import LocalAgent
from tests.device_agent.service.retrieval_runs import bitext, sentence, write_run
from tests.device_agent.service.small_runs import small_spec


def spec_of(task: str, **queries: int) -> RunSpec:
    """Return a run of one task; each language has so many queries, and three samples more."""
    datasets = tuple(
        Dataset(
            task=task,
            language=language,
            split="test",
            inputs="0" * 64,
            gold=None,
            samples=count + 3,
            queries=count,
            available=count,
            seed=None,
        )
        for language, count in queries.items()
    )
    return msgspec.structs.replace(small_spec("r"), datasets=datasets)


def event(body: Body) -> Event:
    return Event(seq=1, boot_id="a", monotonic_ns=0, utc="", body=body)


def scored(task: str, language: str, primary: str = "accuracy", **metrics: float) -> Event:
    return event(
        Scored(
            variant="first",
            task=task,
            language=language,
            samples=6,
            available=6,
            primary=primary,
            metrics=metrics,
            unscored=None if metrics else "the data has no gold",
        )
    )


def told(spec: RunSpec, *events: Event) -> list[str]:
    narrator = Narrator(spec)
    return [line for line in map(narrator.tell, events) if line is not None]


def test_a_tasks_languages_are_told_together() -> None:
    """The line comes with the last language; it has the mean, the extremes and the unscored."""
    spec = spec_of("xcopa", et=6, ht=6, it=6)
    scores = (
        scored("xcopa", "et", accuracy=40.0),
        scored("xcopa", "ht"),
        scored("xcopa", "it", accuracy=50.0),
    )
    assert told(spec, *scores[:2]) == []
    assert told(spec, *scores) == [
        "first xcopa: accuracy = 45.0 over 2 languages (best it 50.0, worst et 40.0); unscored: ht"
    ]


def test_question_answering_is_averaged_and_named_as_in_the_report() -> None:
    """The benchmark's score is the mean of exact match and F1, not the F1 alone."""
    line = scored("xquad", "zh", "f1", exact_match=0.0, f1=3.6)
    assert told(spec_of("xquad", zh=4), line) == ["first xquad: (EM + F1) / 2 = 1.8 in zh"]


def test_equal_languages_have_no_best_and_no_worst() -> None:
    """What reads the same is told once."""
    scores = [scored("xnli", language, accuracy=33.33) for language in ("de", "fr")]
    assert told(spec_of("xnli", de=1, fr=1), *scores) == [
        "first xnli: accuracy = 33.3 in each of 2 languages"
    ]


def test_a_task_without_any_score_is_told() -> None:
    """Nothing stands in place of the average."""
    assert told(spec_of("xnli", de=1), scored("xnli", "de")) == ["first xnli: unscored: de"]


def round_done(number: int, *invalid: str) -> Event:
    """Return a round that does not count for these reasons, or counts."""
    nothing = Conditions(
        foreign_cpu_share=0.5,
        frequency_ratio=None,
        temperature_celsius=None,
        throttled=None,
        memory_pressure=None,
        swapped_pages=None,
    )
    return event(RoundDone(round=number, invalid=invalid, conditions=nothing, blocks=()))


def test_an_invalid_rounds_reason_is_told_once() -> None:
    """Its number alone makes no other reason of it."""
    rounds = [round_done(number, f"{number} °C") for number in (3, 4)]
    assert told(small_spec("r"), *rounds) == ["round 3 does not count and is run again: 3 °C"]


def test_a_run_without_a_valid_round_does_not_end_like_a_good_one() -> None:
    """It says so, with the commonest reason and what to do."""
    end = event(StateChanged(state="finished"))
    rounds = [round_done(0, "5 °C"), round_done(1, "busy"), round_done(2, "7 °C", "busy, too")]
    *_, last = told(small_spec("r"), *rounds, end)
    assert last.startswith("run finished, but none of 3 rounds counts")
    assert "2 times: 5 °C (the first of them). `host doctor` looks" in last


def test_lost_rounds_are_counted_at_the_end() -> None:
    """A run that lost some and has others says how many count."""
    end = event(StateChanged(state="finished"))
    *_, last = told(small_spec("r"), round_done(0), round_done(1, "busy"), end)
    assert last == "run finished; 1 of 2 rounds count; left out once: busy"


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("failed", "The disk is full.", "run failed: The disk is full"),
        ("cancelled", "cancelled by the user", "run cancelled by the user"),
        ("finished", None, "run finished"),
    ],
)
def test_the_end_is_told_with_its_reason(state: str, reason: str | None, expected: str) -> None:
    """No word of it comes twice."""
    end = event(StateChanged(state=state, reason=reason))  # type: ignore[arg-type]
    assert told(small_spec("r"), end) == [expected]


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[LocalAgent]:
    """An agent that is not started yet; stopped in the end."""
    made = LocalAgent(tmp_path)
    yield made
    made.stop()


def test_a_pool_without_queries_is_work_and_keeps_no_task_waiting(agent: LocalAgent) -> None:
    """Mewsli-X's candidates belong to no language: they are embedded, counted and never scored."""
    languages = {
        "de": bitext("de", 5, 9),
        "mul": [sentence(f"mul-{row}", f"w{row} w1") for row in range(30)],
    }
    spec = write_run(agent.state, languages, task="mewslix")
    agent.submit(spec)
    agent.start()
    assert agent.wait_for_end("lookup") == "finished"
    events = agent.events("lookup")
    lines = told(spec, *events)
    assert [line for line in lines if line.startswith("a mewslix: map@20 = ")]
    progress = Progress(spec)
    snapshots = []
    for one in events:
        progress.add(one)
        snapshots.append(progress.snapshot())
    assert (snapshots[-1].done, snapshots[-1].total) == (44, 44)
    places = [(now.language, now.is_pool, now.language_total) for now in snapshots if now.language]
    # The lookup comes last, and its credits are those of the language that was looked up.
    assert [place for place, _ in itertools.groupby(places)] == [
        ("de", False, 14),
        ("mul", True, 30),
        ("de", False, 14),
    ]
    assert all(now.credit_percent is None for now in snapshots if now.is_pool)
    assert snapshots[-1].credit_percent is not None


def test_sustained_work_is_told_stretch_by_stretch() -> None:
    """Half an hour without a line would look like a run that hangs."""
    plan = Performance(rounds=1, attempts=1, queries=1, warmup_queries=0, sustained_s=1800)
    spec = msgspec.structs.replace(small_spec("r"), performance=plan)
    done = StretchDone(
        attempt=0,
        stretch=2,
        took_ns=60_000_000_000,
        task="xnli",
        languages=(),
        sample_ids=(),
        variants=(),
        temperature_celsius=61.25,
        frequency_ratio=None,
        throttled=None,
        foreign_cpu_share=None,
    )
    assert told(spec, event(done)) == ["sustained work: stretch 3 of 30 is done, 61.2 °C"]
