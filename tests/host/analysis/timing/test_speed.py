"""One variant's latency per query, per second, per token and per language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.events import Block, Conditions, RoundDone
from host.analysis.bundle import load_bundle
from host.analysis.timing.rounds import valid
from host.analysis.timing.speed import measure_speed
from tests.host.bundles import Plan, make_bundle

QUIET = Conditions(
    foreign_cpu_share=None,
    frequency_ratio=None,
    temperature_celsius=None,
    throttled=None,
    memory_pressure=None,
    swapped_pages=None,
)


def round_of(rows: list[tuple[str, str, int, int]]) -> RoundDone:
    """A round of one variant from (task, language, tokens, infer_ns) rows."""
    tasks, languages, tokens, infer = zip(*rows, strict=True)
    block = Block(
        variant="v",
        position=0,
        tasks=tasks,
        languages=languages,
        sample_ids=tuple(str(i) for i in range(len(rows))),
        tokens=tokens,
        tokenise_ns=(100,) * len(rows),
        infer_ns=infer,
        decode_ns=(0,) * len(rows),
    )
    return RoundDone(round=0, invalid=(), conditions=QUIET, blocks=(block,))


def test_throughput_counts_queries_and_tokens_over_the_timed_seconds() -> None:
    """Queries and tokens per second are over the whole time, tokenising included."""
    speed = measure_speed([round_of([("a", "en", 10, 900), ("a", "de", 20, 1_900)])], "v")
    assert speed is not None
    assert speed.queries_per_second == pytest.approx(2 / 3_000e-9)
    assert speed.tokens_per_second == pytest.approx(30 / 3_000e-9)
    assert speed.parts == pytest.approx(
        {"tokenise": 200 / 3_000, "infer": 2_800 / 3_000, "decode": 0}
    )


def test_without_rounds_there_is_no_speed() -> None:
    """No rounds give None, not zero."""
    assert measure_speed([], "v") is None


def test_languages_are_compared_over_the_tasks_that_they_share() -> None:
    """A long task that one language lacks must not make the others look slow."""
    rows = [("qa", "en", 200, 20_000), ("nli", "en", 10, 900), ("nli", "tr", 20, 1_900)]
    speed = measure_speed([round_of(rows)], "v")
    assert speed is not None
    assert speed.shared_tasks == ("nli",)
    english, turkish = speed.languages
    assert (english.language, english.ns_per_sentence, english.tokens_per_sentence) == (
        "en",
        1_000,
        10,
    )
    assert turkish.ns_per_token == english.ns_per_token == 100
    assert turkish.ns_per_sentence == 2 * english.ns_per_sentence


def test_tasks_weigh_the_same_in_every_language() -> None:
    """How often a task was drawn in a language does not change its latency."""
    rows = [("qa", "en", 100, 9_900), ("nli", "en", 10, 900), ("nli", "en", 10, 900)]
    rows += [("qa", "tr", 100, 9_900), ("qa", "tr", 100, 9_900), ("nli", "tr", 10, 900)]
    speed = measure_speed([round_of(rows)], "v")
    assert speed is not None
    assert speed.languages[0].ns_per_sentence == speed.languages[1].ns_per_sentence == 5_500


def test_without_a_shared_task_all_tasks_count_and_it_is_told() -> None:
    """An empty `shared_tasks` warns that language and task are mixed."""
    speed = measure_speed([round_of([("a", "en", 10, 900), ("b", "de", 10, 900)])], "v")
    assert speed is not None
    assert speed.shared_tasks == ()
    assert len(speed.languages) == 2


def test_a_bundle_of_20_rounds_supports_p90_and_refuses_p99(tmp_path: Path) -> None:
    """240 queries carry p50 and p90 and not p99."""
    plan = replace(Plan(), modes=("performance",), queries=12)
    bundle = load_bundle(make_bundle(tmp_path / "b", plan))
    speed = measure_speed(valid(list(bundle.bodies(RoundDone))), "english-int8")
    assert speed is not None
    assert speed.queries == 240
    p50, p90 = speed.percentile(0.5), speed.percentile(0.9)
    assert p50.value_ns is not None
    assert p90.value_ns is not None
    assert p90.bound_ns is not None
    assert p50.value_ns < p90.value_ns <= p90.bound_ns
    assert speed.percentile(0.99).refused == "240 queries, 662 needed"


def test_offline_has_throughput_and_no_percentiles() -> None:
    """A share of a batch's time is no query's latency, however many queries there are."""
    rounds = [round_of([("a", "en", 10, 900)] * 2_000)]
    speed = measure_speed(rounds, "v", "offline")
    assert speed is not None
    assert speed.queries_per_second == pytest.approx(1 / 1_000e-9)
    assert all(found.value_ns is None for found in speed.percentiles)
    assert all("share of a batch" in str(found.refused) for found in speed.percentiles)
