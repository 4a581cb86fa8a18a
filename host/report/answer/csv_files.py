"""An answer's figures as CSV files, unrounded: effects, their parts, and levels."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from device_agent.measure.decision import Interval
from host.analysis.answer import words
from host.analysis.answer.answer import Answer, BundleAnswer, Finding, Part
from host.analysis.answer.contrasts import Trend

Row = dict[str, object]


def write_csv(answer: Answer, folder: Path) -> tuple[Path, ...]:
    """Write `effects.csv`, `parts.csv` and `levels.csv`; return those that have rows.

    Times are ratios or milliseconds, scores percent or points; an empty field is an absent number.

    Args:
        answer: Each bundle's rows name its run.
        folder: Made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"effects": _effects(answer), "parts": _parts(answer), "levels": _levels(answer)}
    return tuple(
        path for name, rows in tables.items() if _write(path := folder / f"{name}.csv", list(rows))
    )


def _write(path: Path, rows: list[Row]) -> bool:
    if rows:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return bool(rows)


def _findings(answer: Answer) -> Iterator[tuple[BundleAnswer, Finding, Row]]:
    for part in answer.parts:
        for finding in part.findings:
            own: Row = {
                "study": part.bundle.spec.study,
                "device": part.device,
                "run_id": part.bundle.spec.run_id,
                "scenario": part.scenario,
                "effect": words.title(part.design, finding),
                "level": finding.contrast.level,
                "stratum": finding.contrast.stratum,
                "seeds": finding.seeds,
            }
            yield part, finding, own


def _effects(answer: Answer) -> Iterator[Row]:
    for _, finding, own in _findings(answer):
        latency, score, contrast = finding.latency, finding.score, finding.contrast
        yield {
            **own,
            "trend_over": contrast.over if isinstance(contrast, Trend) else None,
            "trend_span": contrast.span if isinstance(contrast, Trend) else None,
            "time_ratio": latency.ratio if latency else None,
            **_ends("time_ratio", 90, latency.interval_90 if latency else None),
            **_ends("time_ratio", 95, latency.interval_95 if latency else None),
            "latency_margin": latency.margin if latency else None,
            "noise_floor": latency.floor if latency else None,
            "latency_verdict": latency.verdict if latency else None,
            "score_points": score.effect.mean if score and score.effect else None,
            **_ends("score_points", 95, score.interval if score else None),
            "score_margin": score.margin if score else None,
            "score_verdict": score.verdict if score else None,
        }


def _parts(answer: Answer) -> Iterator[Row]:
    """Yield a row a task (its language is empty), and a row a task and language."""
    for _, finding, own in _findings(answer):
        several: Iterable[Part] = (*finding.tasks, *finding.cells)
        for one in several:
            yield {
                **own,
                "task": one.task,
                "language": one.language,
                "points": one.effect.mean,
                **_ends("points", 95, one.effect.interval(0.95)),
                "p": one.effect.p,
                "p_holm": one.p_holm,
                "verdict": one.verdict,
            }


def _levels(answer: Answer) -> Iterator[Row]:
    for part in answer.parts:
        for level in part.levels:
            for task in (None, *level.tasks):
                yield {
                    "study": part.bundle.spec.study,
                    "device": part.device,
                    "run_id": part.bundle.spec.run_id,
                    "scenario": part.scenario,
                    "level": level.level,
                    "stratum": level.stratum,
                    "place_on_trend": level.x,
                    "seeds": len(level.seeds),
                    "parameters": level.parameters,
                    "size_bytes": level.size_bytes,
                    "median_ms": level.median_ms,
                    "queries_per_second": level.queries_per_second,
                    "tokens_per_second": level.tokens_per_second,
                    "task": task,
                    "score": level.score if task is None else level.tasks[task],
                    "score_sd_over_seeds": level.score_deviation if task is None else None,
                    "guessing": None if task is None else part.guessed[task],
                    "above_guessing": None if task is None else task in level.above_guessing,
                }


def _ends(name: str, percent: int, interval: Interval | None) -> Row:
    return {
        f"{name}_low_{percent}": interval.low if interval else None,
        f"{name}_high_{percent}": interval.high if interval else None,
    }
