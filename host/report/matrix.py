"""Task × language tables: scores of one variant, and differences of one candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from device_agent.measure.decision import Interval
from host.analysis.bundle import Cell
from host.analysis.results import RunComparison, VariantSummary
from host.analysis.score.differences import AccuracyComparison
from host.analysis.score.intervals import ScoreIntervals
from host.analysis.score.scores import CellScore, TaskScore
from host.report import numbers
from host.report.sizes import (
    FEW,
    gold_notes,
    languages_of,
    lookup_notes,
    sample_count,
    sample_range,
)
from host.report.sources import Sources

_ABSENT = "·"
_MOST_COLUMNS = 12


@dataclass(frozen=True)
class MatrixCell:
    """One task in one language.

    Attributes:
        kind: `score`, `better`, `worse`, `even`, `unscored`, or `absent` where the task was not
            run in the language.
        heat: How strongly it is coloured, 0 to 100.
        detail: What a pointer or a screen reader gets besides the number.
        size: Below the number: its interval.
    """

    text: str
    kind: str
    heat: int = 0
    detail: str = ""
    size: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """One task.

    Attributes:
        notes: Metric and number of samples.
        summary: The task's average, or the difference of averages with its interval.
    """

    task: str
    notes: str
    cells: tuple[MatrixCell, ...]
    summary: str
    summary_detail: str = ""


@dataclass(frozen=True)
class Matrix:
    """A table with one row per task and one column per language.

    Attributes:
        unscored: Every cell without a score, with its reason.
    """

    name: str
    languages: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    unscored: tuple[str, ...]

    @property
    def is_tall(self) -> bool:
        """Whether languages go down the page: so many columns would be searched, not read."""
        return len(self.languages) > _MOST_COLUMNS


def score_matrices(run: RunComparison) -> tuple[Matrix, ...]:
    """Return one matrix per variant; all share one colour scale, so they compare by eye."""
    found = [c.score for v in run.variants for c in v.cells.values() if c.score is not None]
    if not found:
        return ()
    low, high = min(found), max(found)
    sources = Sources.of(run.bundle)
    return tuple(_scores(variant, low, high, sources) for variant in run.variants)


def difference_matrices(run: RunComparison) -> tuple[Matrix, ...]:
    """Return one matrix per candidate with its differences to the baseline."""
    every = [abs(d.difference) for c in run.candidates for d in c.accuracy.cells]
    if not every:
        return ()
    top = max(*every, 1.0)
    sources = Sources.of(run.bundle)
    return tuple(_differences(c.accuracy, run.baseline.cells, top, sources) for c in run.candidates)


def _scores(variant: VariantSummary, low: float, high: float, sources: Sources) -> Matrix:
    languages = _languages(variant.cells)
    intervals = variant.intervals

    def cell(task: str, language: str) -> MatrixCell:
        found = variant.cells.get((task, language))
        if found is None:
            return MatrixCell(_ABSENT, "absent", detail="not part of this run")
        if found.score is None:
            return MatrixCell("unscored", "unscored", detail=found.unscored or "")
        heat = round(100 * (found.score - low) / (high - low)) if high > low else 50
        metrics = ", ".join(f"{k} {v:.1f}" for k, v in sorted(found.metrics.items()))
        detail = f"{metrics}, {sample_count(found)} samples"
        if found.lookup is not None:
            detail += f", {found.lookup.extent}"
        if found.lookup is not None and found.lookup.threshold is not None:
            detail += f", threshold {found.lookup.threshold:.4f} fitted on the development set"
        interval = intervals.cells.get((task, language))
        detail += f", 95 % {numbers.score_interval(interval)}" * (interval is not None)
        size = numbers.score_interval(interval) if interval else ""
        if found.samples < found.queries:
            detail += f", {numbers.count(found.queries - found.samples)} more without gold"
        detail += f"; {sources.score(variant.name, task, language)}"
        text = numbers.score(found.score) + FEW * found.is_few
        return MatrixCell(text, "score", heat, detail, size)

    return Matrix(
        name=variant.name,
        languages=languages,
        rows=tuple(
            MatrixRow(
                task=task.task,
                notes=_notes(variant.cells, task.task),
                cells=tuple(cell(task.task, language) for language in languages),
                summary=numbers.score(task.score),
                summary_detail=_average_detail(task, intervals),
            )
            for task in variant.tasks
        ),
        unscored=_unscored((c.task, c.language, c.unscored) for c in variant.cells.values()),
    )


def _differences(
    accuracy: AccuracyComparison, cells: Mapping[Cell, CellScore], top: float, sources: Sources
) -> Matrix:
    languages = _languages(cells)
    found = {(d.task, d.language): d for d in accuracy.cells}
    reasons = {(u.task, u.language): u.reason for u in accuracy.unscored}

    def cell(task: str, language: str) -> MatrixCell:
        if (task, language) in reasons:
            return MatrixCell("unscored", "unscored", detail=reasons[task, language])
        if (task, language) not in found:
            return MatrixCell(_ABSENT, "absent", detail="not part of this run")
        d = found[task, language]
        source = sources.difference(accuracy.candidate, accuracy.baseline, task, language)
        kind = {"BETTER": "better", "WORSE": "worse"}.get(d.verdict, "even")
        mark = {"better": "▲ ", "worse": "▼ "}.get(kind, "")
        if d.p is None or d.p_holm is None:
            text = numbers.points(d.difference) + FEW
            return MatrixCell(text, "even few", 0, f"no interval: {d.too_few}; {source}")
        detail = (
            f"95 % {numbers.points_interval(d.interval)}, p {d.p:.3f}, after Holm {d.p_holm:.3f}, "
            f"{d.test}, {d.samples} samples; {source}"
        )
        heat = round(100 * abs(d.difference) / top)
        side = "up" if d.difference > 0 else "down"
        text = mark + numbers.points(d.difference)
        return MatrixCell(text, f"{kind} {side}", heat, detail, _ends(d.interval))

    return Matrix(
        name=accuracy.candidate,
        languages=languages,
        rows=tuple(
            MatrixRow(
                task=task.task,
                notes=f"higher in {task.higher} of {task.languages}; "
                f"▲\u00a0{task.better},\u00a0▼\u00a0{task.worse}",
                cells=tuple(cell(task.task, language) for language in languages),
                summary=numbers.points(task.difference),
                summary_detail=task.no_interval or numbers.points_interval(task.interval),
            )
            for task in accuracy.tasks
        ),
        unscored=_unscored((u.task, u.language, u.reason) for u in accuracy.unscored),
    )


def _ends(interval: Interval | None) -> str:
    """Return an interval as short as a narrow column needs it."""
    if interval is None:
        return ""
    return f"{numbers.points(interval.low)}, {numbers.points(interval.high)}"


def _languages(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Return English first, the others by name: fifty languages are searched, not read."""
    return tuple(sorted({language for _, language in cells}, key=lambda one: (one != "en", one)))


def _average_detail(task: TaskScore, intervals: ScoreIntervals) -> str:
    found = intervals.tasks.get(task.task)
    ends = (numbers.score_interval(found),) if found else ()
    return ", ".join((*ends, languages_of(len(task.languages))))


def _notes(cells: Mapping[Cell, CellScore], task: str) -> str:
    own = [cell for cell in cells.values() if cell.task == task]
    metric = next((cell.metric for cell in own if cell.metric), None)
    notes = (
        metric or "unscored",
        f"{sample_range(own)} samples",
        *gold_notes(own),
        *lookup_notes(own),
    )
    return " · ".join(notes)


def _unscored(cells: Iterable[tuple[str, str, str | None]]) -> tuple[str, ...]:
    """Group languages by task and reason, so that a whole task without gold is one line."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for task, language, reason in cells:
        if reason is not None:
            grouped.setdefault((task, reason), []).append(language)
    return tuple(
        f"{task} {', '.join(languages)}: {reason}" for (task, reason), languages in grouped.items()
    )
