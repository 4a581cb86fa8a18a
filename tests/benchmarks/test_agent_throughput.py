"""The throughput benchmark on a model of 2 x 32: every route runs, and the sums are right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

from benchmarks.agent_process import TASK, Round
from benchmarks.agent_throughput import interleave, main, measure
from benchmarks.query_overhead import query_overhead
from benchmarks.routes import bare, optimum
from benchmarks.sentences import LONGEST, SHORTEST, passages, pick
from benchmarks.throughput_report import TARGETS, Findings, missed, present, summarise
from benchmarks.xlmr import write_checkpoint
from device_agent.tasks.heads.tokenisation import two_texts
from export.pipeline import export_checkpoint
from export.request import ExportRequest

ROUTES = (
    "agent, offline",
    "bare onnxruntime, same batches",
    "Optimum's pipeline, its own int8 model",
    "Optimum's pipeline, the agent's model",
    "agent, single-stream",
    "bare onnxruntime, batch 1",
)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny classifier's artifact in fp32."""
    work = tmp_path_factory.mktemp("tiny")
    write_checkpoint(work / "xlmr-tiny", "tiny", passages(None))
    request = ExportRequest(
        checkpoint=work / "xlmr-tiny", output=work / "artifacts", recipes=("fp32",)
    )
    (made,) = export_checkpoint(request).artifacts
    return made.folder


@pytest.fixture(scope="module")
def tokenizer(artifact: Path) -> Tokenizer:
    return Tokenizer.from_file(str(artifact / "tokenizer.json"))


def test_sentences_have_the_wanted_lengths_and_are_seeded(tokenizer: Tokenizer) -> None:
    """Every length from 8 to 128 tokens comes about as often; the same seed gives the same."""
    picked = pick(tokenizer, passages(None), 200, seed=1)
    lengths = [len(two_texts(tokenizer, p.first, p.second, 999).ids) for p in picked]
    assert SHORTEST <= min(lengths) < 20
    assert 115 < max(lengths) <= LONGEST
    assert sum(lengths) / 200 == pytest.approx((SHORTEST + LONGEST) / 2, rel=0.1)
    assert pick(tokenizer, passages(None), 200, seed=1) == picked
    assert pick(tokenizer, passages(None), 200, seed=2) != picked


def test_real_passages_are_taken_where_they_are(data_dir: Path) -> None:
    """XQuAD's contexts in all its languages."""
    assert len(passages(data_dir)) > 100


def test_routes_agree_in_every_batching(artifact: Path, tokenizer: Tokenizer) -> None:
    """A route that mixed up its sorted batches would be fast and wrong."""
    pairs = [(p.first, p.second) for p in pick(tokenizer, passages(None), 12, seed=3)]
    alone = bare(artifact, 1)(pairs, 1)
    assert bare(artifact, 1)(pairs, 8) == alone
    assert optimum(artifact, 1)(pairs, 8) == alone
    assert len(set(alone)) > 1


@pytest.mark.slow
def test_all_routes_are_measured(artifact: Path, tokenizer: Tokenizer) -> None:
    """One round over every route, the agent's daemon included, makes a whole report."""
    picked = pick(tokenizer, passages(None), 10, seed=1)
    findings = measure(artifact, artifact, picked, rounds=1, threads=1, batch_size=4)
    assert tuple(findings.rates) == ROUTES
    assert all(rate > 0 for (rate,) in findings.rates.values())
    report = summarise(findings, overhead=0.01, lengths=[20] * 10)
    assert report.sentences == 10
    assert 0 < report.processing_share < 1
    assert report.peak_memory_ratio > 0
    assert all(name in present(report) for name in TARGETS)


def test_the_overhead_is_small_and_no_gain(artifact: Path, tokenizer: Tokenizer) -> None:
    """On a model that takes half a millisecond, the agent's own work is seen, and is bounded."""
    picked = pick(tokenizer, passages(None), 6, seed=1)
    assert 0 < query_overhead(artifact, TASK, picked, rounds=5, threads=1) < 20


def found(**rates: float) -> Findings:
    """Return one round's findings; routes that are not named do 10 a second."""
    given = dict.fromkeys(ROUTES, 10.0) | {
        ROUTES[int(key[1:])]: rate for key, rate in rates.items()
    }
    return Findings(
        rates={name: [rate, rate] for name, rate in given.items()},
        offline=[
            Round(seconds=1.0, parts_s={"tokenise": 0.1, "infer": 0.9, "decode": 0.0}, invalid=())
        ]
        * 2,
        peaks={ROUTES[0]: 105, ROUTES[1]: 100, ROUTES[2]: 200},
        ready_s=[0.2, 0.3, 0.4],
    )


def test_ratios_and_targets() -> None:
    """The agent's rate over the other's; what misses its target is named."""
    report = summarise(found(r0=20.0, r3=16.0), overhead=0.02, lengths=[10, 30])
    assert report.vs_optimum_pipeline == pytest.approx(2.0)
    assert report.vs_optimum_same_model == pytest.approx(1.25)
    assert report.vs_bare_onnxruntime == pytest.approx(2.0)
    assert report.peak_memory_ratio == pytest.approx(1.05)
    assert report.start_to_ready_s == pytest.approx(0.3)
    assert report.processing_share == pytest.approx(0.1)
    assert missed(report) == []
    assert missed(replace(report, vs_bare_onnxruntime=0.96, query_overhead=0.03)) == [
        "vs_bare_onnxruntime",
        "query_overhead",
    ]


def test_routes_take_turns_backwards_every_second_round() -> None:
    """Drift hits first and last alike."""
    order: list[str] = []

    def route(name: str) -> float:
        order.append(name)
        return float(len(order))

    rates = interleave({name: lambda name=name: route(name) for name in "abc"}, 2)  # type: ignore[misc]
    assert "".join(order) == "abccba"
    assert rates == {"a": [1.0, 6.0], "b": [2.0, 5.0], "c": [3.0, 4.0]}


def test_the_promised_keys_are_in_the_json() -> None:
    """What a script reads by name."""
    assert {
        "vs_optimum_pipeline",
        "vs_bare_onnxruntime",
        "query_overhead",
        "peak_memory_ratio",
        "start_to_ready_s",
    } <= set(json.loads(json.dumps(TARGETS)))


def test_help_has_an_example() -> None:
    """Options are explained without running anything."""
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output
