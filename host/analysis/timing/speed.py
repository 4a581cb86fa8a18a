"""Sums up one variant's latency: per query, per second, per token and per language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Scenario
from host.analysis.timing.percentile import Percentile, percentile
from host.analysis.timing.rounds import Integers, Queries, queries

SHARES = (0.5, 0.9, 0.99)


@dataclass(frozen=True)
class LanguageSpeed:
    """One language's latency over the tasks that all timed languages share.

    Attributes:
        ns_per_sentence: Mean time of a query.
        tokens_per_sentence: Mean tokens fed to the model for a query.
    """

    language: str
    queries: int
    ns_per_sentence: float
    ns_per_token: float
    tokens_per_sentence: float


@dataclass(frozen=True)
class Speed:
    """One variant's latency over all valid rounds.

    Attributes:
        parts: Share of the total time in tokenising, inference and decoding.
        languages: By language code.
        shared_tasks: The tasks that `languages` covers; empty when no task has all languages, and
            then `languages` covers all tasks and mixes language with task.
    """

    queries: int
    percentiles: tuple[Percentile, ...]
    queries_per_second: float
    tokens_per_second: float
    parts: dict[str, float]
    languages: tuple[LanguageSpeed, ...]
    shared_tasks: tuple[str, ...]

    def percentile(self, share: float) -> Percentile:
        """Return one of `SHARES`."""
        return next(found for found in self.percentiles if found.share == share)


def measure_speed(
    rounds: Sequence[RoundDone], variant: str, scenario: Scenario = "single-stream"
) -> Speed | None:
    """Return one variant's speed over valid rounds; None if there are none.

    Scenario offline has throughput and no percentiles: nobody waits for a single query there.
    """
    if not rounds:
        return None
    timed = queries(rounds, variant)
    seconds = float(np.sum(timed.total_ns)) / 1e9
    shared = _shared_tasks(timed)
    return Speed(
        queries=len(timed.tokens),
        percentiles=tuple(_percentile(timed.total_ns, share, scenario) for share in SHARES),
        queries_per_second=len(timed.tokens) / seconds,
        tokens_per_second=float(np.sum(timed.tokens)) / seconds,
        parts={
            "tokenise": float(np.sum(timed.tokenise_ns)) / 1e9 / seconds,
            "infer": float(np.sum(timed.infer_ns)) / 1e9 / seconds,
            "decode": float(np.sum(timed.decode_ns)) / 1e9 / seconds,
        },
        languages=_languages(timed, shared),
        shared_tasks=shared,
    )


def _percentile(total_ns: Integers, share: float, scenario: Scenario) -> Percentile:
    if scenario == "offline":
        return Percentile(share, None, None, "offline: a query's time is its share of a batch's")
    return percentile(total_ns, share)


def _shared_tasks(timed: Queries) -> tuple[str, ...]:
    """Return the tasks in which every timed language occurs.

    Tasks differ in length, so a language with another mix of tasks would seem slower or faster.
    """
    every = set(timed.languages)
    of: dict[str, set[str]] = {}
    for task, language in zip(timed.tasks, timed.languages, strict=True):
        of.setdefault(task, set()).add(language)
    return tuple(sorted(task for task, languages in of.items() if languages == every))


def _languages(timed: Queries, shared: tuple[str, ...]) -> tuple[LanguageSpeed, ...]:
    tasks, languages = np.array(timed.tasks), np.array(timed.languages)
    counted = np.isin(tasks, shared) if shared else np.ones(len(tasks), dtype=bool)
    found = []
    for language in sorted(set(timed.languages)):
        # A mean over tasks, each with the same weight, so that draws per round do not matter.
        rows = [
            (languages == language) & (tasks == task) & counted
            for task in sorted(set(tasks[(languages == language) & counted]))
        ]
        sentence = float(np.mean([np.mean(timed.total_ns[row]) for row in rows]))
        tokens = float(np.mean([np.mean(timed.tokens[row]) for row in rows]))
        count = int(sum(np.sum(row) for row in rows))
        found.append(LanguageSpeed(language, count, sentence, sentence / tokens, tokens))
    return tuple(found)
