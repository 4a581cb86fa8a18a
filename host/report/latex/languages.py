"""Task by language: each candidate's scores and differences, marked as the verdicts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from host.analysis.results import CandidateComparison, RunComparison
from host.analysis.score.differences import AccuracyComparison, CellDifference
from host.report import numbers
from host.report.latex.table import LatexTable, head, label_of
from host.report.latex.text import escape, points, points_interval, score
from host.report.sizes import sample_range

_TASKS = 4
"""Side by side in one table; languages go down the page, where fifty of them have room."""
BETTER, WORSE = r"\xebetter", r"\xeworse"
MACROS = (
    rf"\providecommand{{{BETTER}}}[1]{{\textbf{{#1}}}}",
    rf"\providecommand{{{WORSE}}}[1]{{\underline{{#1}}}}",
)
"""How a shown difference is marked; a paper may define its own before."""


def language_tables(run: RunComparison) -> Iterator[LatexTable]:
    """Yield the tables of every candidate, four tasks each."""
    for candidate in run.candidates:
        tasks = list(dict.fromkeys(cell.task for cell in candidate.accuracy.cells))
        for number, start in enumerate(range(0, len(tasks), _TASKS), 1):
            yield _table(run, candidate, tasks[start : start + _TASKS], number)


def _table(
    run: RunComparison, candidate: CandidateComparison, tasks: Sequence[str], number: int
) -> LatexTable:
    accuracy = candidate.accuracy
    found = {(c.task, c.language): c for c in accuracy.cells}
    planned = {cell for cell in run.baseline.cells if cell[0] in tasks}
    languages = sorted({cell[1] for cell in planned}, key=lambda one: (one != "en", one))
    means = {t.task: t for t in accuracy.tasks}

    def cell(task: str, language: str) -> str:
        if (task, language) not in planned:
            return ""
        one = found.get((task, language))
        return "--" if one is None else _cell(one)

    mean = [
        f"{score(means[t].candidate)} {points(means[t].difference)}"
        f"{points_interval(means[t].interval)}"
        for t in tasks
    ]
    return LatexTable(
        label=label_of(run.bundle.spec.run_id, candidate.name, "languages", str(number)),
        caption=_caption(run, accuracy, tasks),
        columns="l" + "r" * len(tasks),
        head=head("language", *tasks),
        rows=[[escape(lang), *(cell(task, lang) for task in tasks)] for lang in languages],
        total=[["mean", *mean]],
        small=True,
    )


def _cell(one: CellDifference) -> str:
    text = f"{score(one.candidate)} {points(one.difference)}"
    mark = {"BETTER": BETTER, "WORSE": WORSE}.get(one.verdict)
    marked = f"{mark}{{{text}}}" if mark else text
    return marked + points_interval(one.interval)


def _caption(run: RunComparison, accuracy: AccuracyComparison, tasks: Sequence[str]) -> str:
    sizes = "; ".join(
        f"{task} {sample_range([c for c in run.baseline.cells.values() if c.task == task])}"
        for task in tasks
    )
    text = escape(
        f"Zero-shot scores of {accuracy.candidate} in percent, difference to {accuracy.baseline} "
        f"in points, and its 95 % interval (paired bootstrap, not corrected). n per language: "
        f"{sizes}. Tested at 5 % with Holm’s correction over all {len(accuracy.tested)} "
        "task–language pairs (McNemar’s exact test, or approximate randomisation); marked"
    )
    rest = escape(
        "anything else is no difference shown. Non-inferiority margin of the average: "
        f"{numbers.margin_points(accuracy.margin)}. –: unscored; no interval: too few samples."
    )
    return rf"{text} {BETTER}{{better}} or {WORSE}{{worse}}; {rest}"
