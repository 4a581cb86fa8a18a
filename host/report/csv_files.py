"""Writes the comparison as CSV: summary, suites, scores, samples and every timed query."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from device_agent.contract.codec import encode
from device_agent.contract.events import Ranked, SampleDone
from device_agent.measure.decision import Interval
from host.analysis.differences import SuiteDifference, TaskDifference
from host.analysis.results import Comparison, RunComparison

Row = dict[str, object]


def write_csv(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write `summary`, `suites`, `scores`, `samples` and `queries.csv`; return their paths.

    Numbers are as computed; an empty field is an absent number. Times are integer nanoseconds,
    scores percent, ratios relative to the baseline. A file without any row is not written.

    Args:
        comparison: One or more runs; each row names its own.
        folder: Made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "summary": _summary,
        "suites": _suites,
        "scores": _scores,
        "samples": _samples,
        "queries": _queries,
    }
    written = []
    for name, rows_of in tables.items():
        path = folder / f"{name}.csv"
        rows = (
            {"run_id": run.bundle.spec.run_id} | row
            for run in comparison.runs
            for row in rows_of(run)
        )
        if _write(path, rows):
            written.append(path)
    return tuple(written)


def _write(path: Path, rows: Iterable[Row]) -> bool:
    every = iter(rows)
    first = next(every, None)
    if first is None:
        return False
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(every)
    return True


def _summary(run: RunComparison) -> Iterator[Row]:
    for index, variant in enumerate(run.variants):
        speed = variant.speed
        candidate = run.candidates[index - 1] if index else None
        latency = candidate.latency if candidate else None
        accuracy = candidate.accuracy if candidate else None
        ratio = latency.interval_95 if latency else None
        points = accuracy.interval if accuracy else None
        yield {
            "device": run.device,
            "variant": variant.name,
            "regime": variant.variant.regime,
            "recipe": variant.variant.recipe,
            "size_bytes": variant.size_bytes,
            "average_score": variant.average,
            "p50_ns": speed.percentile(0.5).value_ns if speed else None,
            "p90_ns": speed.percentile(0.9).value_ns if speed else None,
            "queries_per_second": speed.queries_per_second if speed else None,
            "tokens_per_second": speed.tokens_per_second if speed else None,
            "latency_verdict": candidate.latency_verdict if candidate else "baseline",
            "latency_ratio": latency.ratio if latency else None,
            "latency_ratio_low_95": ratio.low if ratio else None,
            "latency_ratio_high_95": ratio.high if ratio else None,
            "score_verdict": candidate.score_verdict if candidate else "baseline",
            "score_difference": accuracy.difference if accuracy else None,
            "score_difference_low_95": points.low if points else None,
            "score_difference_high_95": points.high if points else None,
        }


def _suites(run: RunComparison) -> Iterator[Row]:
    """Yield a row per variant, suite and task, then the suite's average, whose task is empty."""
    differences = {
        (candidate.name, one.over.suite): one
        for candidate in run.candidates
        for one in candidate.accuracy.suites
    }
    for variant in run.variants:
        for average in variant.suites if variant.cells else ():
            found = differences.get((variant.name, average.suite))
            head = {"variant": variant.name, "suite": average.suite}
            by_task = {d.task: d for d in found.tasks} if found else {}
            for task in average.tasks:
                yield head | {
                    "task": task.task,
                    "score": task.score,
                    "languages": len(task.languages),
                    "planned_languages": task.planned,
                    "complete": not (task.unscored or task.absent or task.shortfalls),
                    "limits": "; ".join(task.shortfalls) or None,
                    **_difference(by_task.get(task.task)),
                }
            yield head | {
                "task": None,
                "score": average.score,
                "languages": average.languages,
                "planned_languages": average.planned_languages,
                "complete": average.complete,
                "limits": "; ".join((average.coverage, *average.limits)),
                **_difference(found),
            }


def _difference(found: SuiteDifference | TaskDifference | None) -> Row:
    return {
        "difference": found.difference if found else None,
        **_interval(found.interval if found else None),
    }


def _interval(interval: Interval | None) -> Row:
    return {
        "difference_low_95": interval.low if interval else None,
        "difference_high_95": interval.high if interval else None,
    }


def _scores(run: RunComparison) -> Iterator[Row]:
    differences = {
        (candidate.name, d.task, d.language): d
        for candidate in run.candidates
        for d in candidate.accuracy.cells
    }
    for variant in run.variants:
        for cell in variant.cells.values():
            found = differences.get((variant.name, cell.task, cell.language))
            lookup = cell.lookup
            yield {
                "variant": variant.name,
                "task": cell.task,
                "language": cell.language,
                "samples": cell.samples,
                "queries": cell.queries,
                "available": cell.available,
                "candidates": lookup.candidates if lookup else None,
                "candidates_available": lookup.available if lookup else None,
                "precision": lookup.precision if lookup else None,
                "threshold": lookup.threshold if lookup else None,
                "metric": cell.metric,
                "score": cell.score,
                "unscored": cell.unscored,
                "difference": found.difference if found else None,
                **_interval(found.interval if found else None),
                "test": found.test if found else None,
                "p": found.p if found else None,
                "p_holm": found.p_holm if found else None,
                "verdict": found.verdict if found else None,
            }


def _samples(run: RunComparison) -> Iterator[Row]:
    ranked = {(r.variant, r.task, r.language): r for r in run.bundle.bodies(Ranked)}
    for sample in run.bundle.bodies(SampleDone):
        ranking = ranked.get((sample.variant, sample.task, sample.language))
        prediction, credit = sample.prediction, sample.credit
        if ranking is not None:
            prediction = ranking.rankings.get(sample.sample_id)
            credit = ranking.credits.get(sample.sample_id)
        gold = run.bundle.gold.get((sample.task, sample.language), {}).get(sample.sample_id)
        yield {
            "variant": sample.variant,
            "task": sample.task,
            "language": sample.language,
            "sample_id": sample.sample_id,
            "prediction": _json(prediction),
            "gold": _json(gold),
            "credit": credit,
            "tokens": sample.timing.tokens,
            "tokenise_ns": sample.timing.tokenise_ns,
            "infer_ns": sample.timing.infer_ns,
            "decode_ns": sample.timing.decode_ns,
        }


def _queries(run: RunComparison) -> Iterator[Row]:
    for done in run.rounds:
        for block in done.blocks:
            for index, sample_id in enumerate(block.sample_ids):
                yield {
                    "round": done.round,
                    "invalid": "; ".join(done.invalid) or None,
                    "variant": block.variant,
                    "position": block.position,
                    "task": block.tasks[index],
                    "language": block.languages[index],
                    "sample_id": sample_id,
                    "tokens": block.tokens[index],
                    "tokenise_ns": block.tokenise_ns[index],
                    "infer_ns": block.infer_ns[index],
                    "decode_ns": block.decode_ns[index],
                }


def _json(value: object) -> str | None:
    """JSON keeps lists apart from text, and a leading "=" from becoming a formula."""
    return None if value is None else encode(value).decode()
