"""What tokenising and decoding cost beside inference, on XQuAD in all its languages.

Every query runs through `run_query`, the path of a real run: tokenise, infer at batch 1, decode.
Inference takes a fraction of a second a query, so only a seeded subset is inferred; the rest of the
sample is tokenised and decoded on random logits in between, in the same run.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter_ns

import click
import numpy as np
from tokenizers import Tokenizer

from benchmarks.base_model import export_base_model
from benchmarks.options import data_option
from device_agent import tasks
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import Sample
from device_agent.measure.query import Loaded, run_query
from device_agent.runtimes.onnxruntime import open_session
from device_agent.tasks.protocol import Head, Outputs, Row

_TASK = tasks.get("xquad")


@dataclass(frozen=True)
class Query:
    """One question in one language; only some are inferred."""

    language: str
    sample: Sample
    inferred: bool


@dataclass(frozen=True)
class Cost:
    """Where one query's time went: medians over the rounds, integer nanoseconds.

    Attributes:
        infer_ns: None where the query was not inferred.
    """

    language: str
    tokenise_ns: int
    decode_ns: int
    infer_ns: int | None


@dataclass(frozen=True)
class Report:
    """Shares are parts of the inference time, over the queries that were inferred.

    Attributes:
        queries: Inferred queries.
        processed: All queries, inferred or not.
        tokenise_ms: Median of a query, over all queries; `decode_ms` alike.
        infer_ms: Median of a query, over those inferred.
        by_language: `processing_share` of each language.
    """

    processing_share: float
    tokenise_share: float
    decode_share: float
    queries: int
    processed: int
    tokenise_ms: float
    decode_ms: float
    infer_ms: float
    by_language: dict[str, float]


def pick(root: Path, count: int, seed: int) -> list[Query]:
    """Return all of the sample, `count` of it to be inferred, as many from each language."""
    chance = random.Random(seed)
    queries = []
    for number, language in enumerate(languages := _TASK.languages_xtreme_r):
        samples = _TASK.read(root, language)
        share = count // len(languages) + (number < count % len(languages))
        chosen = {sample.id for sample in chance.sample(samples, min(share, len(samples)))}
        queries += [Query(language, sample, sample.id in chosen) for sample in samples]
    return queries


def measure(queries: Sequence[Query], loaded: Loaded, rounds: int, seed: int) -> list[Cost]:
    """Run every query once a round, in an order of its own, after one warm-up of each kind."""
    chance = random.Random(seed)
    order = list(range(len(queries)))
    timings: list[list[tuple[int, int, int | None]]] = [[] for _ in queries]
    _time(next(query for query in queries if query.inferred), loaded)
    _time(next(query for query in queries if not query.inferred), loaded)
    for _ in range(rounds):
        chance.shuffle(order)
        for index in order:
            timings[index].append(_time(queries[index], loaded))
    return [_cost(query.language, found) for query, found in zip(queries, timings, strict=True)]


def _time(query: Query, loaded: Loaded) -> tuple[int, int, int | None]:
    """Return the nanoseconds of tokenising, decoding and, where it runs, inference."""
    if query.inferred:
        timing = run_query(_TASK.head, loaded, query.sample.input).timing
        return timing.tokenise_ns, timing.decode_ns, timing.infer_ns
    return *_time_processing(_TASK.head, loaded.tokenizer, query.sample), None


def _time_processing(head: Head, tokenizer: Tokenizer, sample: Sample) -> tuple[int, int]:
    started = perf_counter_ns()
    rows = head.encode(tokenizer, sample.input)
    encoded = perf_counter_ns()
    outputs = _random_outputs(rows)
    inferred = perf_counter_ns()
    head.decode(sample.input, rows, outputs, ())
    return encoded - started, perf_counter_ns() - inferred


def _random_outputs(rows: Sequence[Row]) -> list[Outputs]:
    chance = np.random.default_rng(0)

    def draw(row: Row) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return chance.standard_normal(row.input_ids.shape, dtype=np.float32)

    return [{"start_logits": draw(row), "end_logits": draw(row)} for row in rows]


def _cost(language: str, timings: Sequence[tuple[int, int, int | None]]) -> Cost:
    infer = [inferred for _, _, inferred in timings if inferred is not None]
    return Cost(
        language=language,
        tokenise_ns=round(statistics.median(tokenise for tokenise, _, _ in timings)),
        decode_ns=round(statistics.median(decode for _, decode, _ in timings)),
        infer_ns=round(statistics.median(infer)) if infer else None,
    )


def summarise(costs: Sequence[Cost]) -> Report:
    """Sum up the costs, of which at least one has an inference time."""
    tokenise, decode = _shares(costs)
    return Report(
        processing_share=tokenise + decode,
        tokenise_share=tokenise,
        decode_share=decode,
        queries=sum(cost.infer_ns is not None for cost in costs),
        processed=len(costs),
        tokenise_ms=statistics.median(cost.tokenise_ns for cost in costs) / 1e6,
        decode_ms=statistics.median(cost.decode_ns for cost in costs) / 1e6,
        infer_ms=statistics.median(c.infer_ns for c in costs if c.infer_ns is not None) / 1e6,
        by_language={
            language: sum(_shares([cost for cost in costs if cost.language == language]))
            for language in sorted({c.language for c in costs if c.infer_ns is not None})
        },
    )


def _shares(costs: Sequence[Cost]) -> tuple[float, float]:
    """Return the time of tokenising and of decoding as parts of the time of inference."""
    inferred = [(c.tokenise_ns, c.decode_ns, c.infer_ns) for c in costs if c.infer_ns is not None]
    infer_ns = sum(infer for _, _, infer in inferred)
    tokenise_ns = sum(tokenise for tokenise, _, _ in inferred)
    return tokenise_ns / infer_ns, sum(decode for _, decode, _ in inferred) / infer_ns


def _present(report: Report) -> str:
    languages = "  ".join(f"{name} {share:.2%}" for name, share in report.by_language.items())
    return (
        f"Tokenising and decoding cost {report.processing_share:.2%} of int8 inference "
        f"(tokenise {report.tokenise_share:.2%}, decode {report.decode_share:.2%}; "
        f"{report.queries} queries).\n"
        f"By language: {languages}\n"
        f"Medians of a query: tokenise {report.tokenise_ms:.2f} ms and decode "
        f"{report.decode_ms:.2f} ms over all {report.processed}, "
        f"inference {report.infer_ms:.0f} ms."
    )


@click.command()
@data_option("xtreme_r_sample/xquad and tokenizers/bert-base-multilingual-cased")
@click.option(
    "--work",
    default=Path(".cache/bench-processing"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Keeps the model of 1 GB, which takes a minute or two to make once.",
)
@click.option("--queries", default=60, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--limit", default=0.05, show_default=True, help="Exit with 1 from this share on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(
    *,
    data: Path,
    work: Path,
    queries: int,
    rounds: int,
    threads: int,
    seed: int,
    limit: float,
    as_json: bool,
) -> None:
    """Measure what tokenising and decoding cost beside int8 inference of a base-size model.

    Example: python -m benchmarks.processing --data ../data --json
    """
    folder, manifest = export_base_model(
        data / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt", work
    )
    loaded = Loaded(
        session=open_session(folder, manifest, RuntimeOptions(threads=threads)),
        tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
        labels=manifest.labels,
        max_tokens=manifest.max_tokens,
    )
    picked = pick(data / "xtreme_r_sample", queries, seed)
    report = summarise(measure(picked, loaded, rounds, seed))
    print(json.dumps(asdict(report), indent=2) if as_json else _present(report))
    sys.exit(int(report.processing_share >= limit))


if __name__ == "__main__":
    main()
