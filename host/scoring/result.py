"""The scores of a folder of predictions: per language, per task and overall, all in percent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from host.analysis.score.averages import cell_score, mean, overall
from host.scoring.benchmark import SuiteName

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class TaskResult:
    """One task with at least one scored language.

    Attributes:
        metrics: Official names in the order in which they are shown; averages take the first.
        per_language: The metrics of every scored language.
        languages: How many languages the suite counts, scored or not.
    """

    name: str
    metrics: tuple[str, ...]
    per_language: Mapping[str, Metrics]
    languages: int

    @property
    def average(self) -> dict[str, float]:
        """Each metric's unweighted mean over the scored languages."""
        return {
            metric: _mean([found[metric] for found in self.per_language.values()])
            for metric in self.metrics
        }

    @property
    def average_metric(self) -> float:
        """What stands for the task: its first metric, for QA (mean EM + mean F1) / 2."""
        return _mean([cell_score(f, self.metrics[0]) for f in self.per_language.values()])


@dataclass(frozen=True)
class Unscored:
    """One task in one language that has no score, why, and what to do about it if there is."""

    task: str
    language: str
    reason: str
    remedy: str | None = None


@dataclass(frozen=True)
class Incomplete:
    """One task in one language whose score counts missing predictions as 0.

    Attributes:
        missing: Samples with gold and without a prediction.
        of: Samples with gold.
    """

    task: str
    language: str
    missing: int
    of: int


@dataclass(frozen=True)
class Note:
    """What was accepted in one language although it is not as it should be."""

    task: str
    language: str
    text: str


@dataclass(frozen=True)
class SuiteResult:
    """All scores of a suite.

    Attributes:
        planned: How many tasks the suite has, scored or not.
        incomplete: Scores of a part of the labels, which are too low to compare with others.
    """

    suite: SuiteName
    planned: int
    tasks: tuple[TaskResult, ...]
    unscored: tuple[Unscored, ...]
    notes: tuple[Note, ...]
    incomplete: tuple[Incomplete, ...] = ()

    @property
    def overall(self) -> float | None:
        """The unweighted mean over the scored tasks; None where there are none."""
        return overall(task.average_metric for task in self.tasks)

    def to_json(self) -> dict[str, object]:
        """Return plain values for `host score --json`."""
        return {
            "tasks": {
                task.name: {
                    "avg_metric": task.average_metric,
                    "avg": task.average,
                    "per_language": {
                        lang: dict(found) for lang, found in task.per_language.items()
                    },
                }
                for task in self.tasks
            },
            "overall": self.overall,
            "unscored": [asdict(one) for one in self.unscored],
            "incomplete": self._incomplete_json(),
            "notes": [asdict(one) for one in self.notes],
        }

    def _incomplete_json(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return the counts by task, then by language."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for one in self.incomplete:
            counts = {"missing": one.missing, "of": one.of}
            found.setdefault(one.task, {})[one.language] = counts
        return found


def _mean(values: list[float]) -> float:
    found = mean(values)
    assert found is not None, "a task without any scored language has no result"
    return found
