"""Scores one language of one task with the metrics that the benchmark reports, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from device_agent import tasks
from device_agent.metrics.mining import Pair, pair_f1
from device_agent.tasks.protocol import Score
from host.scoring.benchmark import BenchmarkTask
from host.scoring.forms.compared import Compared


def official_score(task: BenchmarkTask, compared: Compared, language: str) -> Score:
    """Return the language's official metrics in percent, or why there are none.

    Mined pairs are scored by what their files hold; all else by the task that runs on the device,
    so that both always agree.
    """
    if not compared.gold:
        return Score(unscored="the labels have no gold")
    if task.name == "bucc2018":
        pairs = cast("Mapping[str, Pair]", compared.gold)
        mined = cast("Mapping[str, Pair]", compared.predictions)
        return Score(asdict(pair_f1(pairs.values(), mined.values())))
    score = tasks.get(task.name).score(compared.predictions, compared.gold, language)
    # A task may report more than the benchmark does: UDPOS has the share of right tags besides.
    official = {name: value for name, value in score.metrics.items() if name in task.metrics}
    return Score(official, score.unscored)
