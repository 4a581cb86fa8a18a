"""The verdict on one terminal screen of 100 columns: 24 lines, more only for the tasks."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from host.analysis.language_fair.explanation import dearest
from host.analysis.results import (
    CandidateComparison,
    Comparison,
    RunComparison,
)
from host.analysis.score.scores import FEW_SAMPLES, CellScore
from host.analysis.timing.speed import Speed
from host.analysis.timing.sustained import measure_sustained
from host.analysis.upkeep import measure_upkeep
from host.analysis.verdict import need, samples_need
from host.report import numbers
from host.report.screen import Screen
from host.report.sizes import FEW, sample_range
from host.report.terminal_devices import device_lines
from host.report.terminal_energy import energy_lines, no_energy
from host.report.terminal_languages import language_blocks
from host.report.upkeep import overhead_text, sustained_lines

WIDTH = 100
LINES = 24
_ALL_TASKS = 12
"""Up to so many tasks are all shown, even where the screen gets longer."""
_MOST_VARIANTS = 6
_FOOT = 8

_STYLES = {
    "EQUIVALENT": "green",
    "FASTER": "green",
    "BETTER": "green",
    "NON-INFERIOR": "green",
    "SLOWER": "red",
    "WORSE": "red",
    "LESS ENERGY": "green",
    "MORE ENERGY": "red",
    "INCONCLUSIVE": "yellow",
}


def verdict_style(verdict: str) -> str:
    """Return the colour of a verdict word; none for other words."""
    return _STYLES.get(verdict, "")


def print_comparison(comparison: Comparison, *, languages: bool = False) -> None:
    """Print the verdict on stdout, in colour where that is a terminal.

    Args:
        comparison: One or more runs.
        languages: Add what languages cost, however many lines that takes.
    """
    console = Console(file=sys.stdout, highlight=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    colour = console.is_terminal and console.color_system is not None
    sys.stdout.write(render_comparison(comparison, width=width, colour=colour, languages=languages))


def render_comparison(
    comparison: Comparison,
    *,
    width: int = WIDTH,
    lines: int = LINES,
    colour: bool = False,
    languages: bool = False,
) -> str:
    """Return the verdict as text; what does not fit is left to the report, and says so.

    Args:
        comparison: One or more runs.
        width: Columns.
        lines: Lines at most.
        colour: With ANSI colours; the text says the same without.
        languages: Add what languages cost, below these lines.
    """
    screen = Screen(width, lines, colour)
    if len(comparison.runs) == 1:
        _one(screen, comparison.runs[0])
    else:
        _several(screen, comparison)
    for run in comparison.runs if languages else ():
        screen.append(Text(), *_heading(comparison, run))
        screen.append(*language_blocks(run, roomy=screen.roomy))
    return screen.text


def _one(screen: Screen, run: RunComparison) -> None:
    bundle = run.bundle
    head = f"study {bundle.spec.study} · {run.device} · run {bundle.spec.run_id}"
    screen.add(Text(head, style="dim"))
    screen.add(Text(run.headline, style="bold"))
    needed = need(run.lead.latency) if run.lead and run.timed else None
    if run.lead and needed:
        screen.add(Text(f"{run.lead.latency.reason}. {needed}", style="yellow"))
    if run.lead and run.scored and (more := samples_need(run.lead.accuracy)):
        screen.add(Text(more, style="yellow"))
    grave = [caveat.text for caveat in run.caveats if caveat.grave]
    if not run.timed and run.partial and run.scored:
        # One line for what the report has a list of.
        grave = [f"average scores are partial: over {run.partial}"]
    for text in grave[:2]:
        screen.add(Text(f"! {text}", style="yellow"), keep=10)
    screen.add(Text(), _variants(run, most=_MOST_VARIANTS, roomy=screen.roomy), keep=6)
    energy = [
        Text.assemble(line, " ", _verdict(word or None, "")) for line, word in energy_lines(run)
    ]
    if energy:
        screen.add(Text(), *energy, keep=6)
    averages = _suites(run, roomy=screen.roomy)
    if averages:
        screen.add(Text(), *averages, keep=5)
    dear = dearest(run.languages) if run.languages else None
    if dear:
        tasks_shown = min(len(run.lead.accuracy.tasks) if run.lead else 0, _ALL_TASKS)
        screen.add(Text(), Text(dear), keep=tasks_shown + _FOOT)
    tasks = run.lead.accuracy.tasks if run.lead else ()
    rows = max(screen.rows_left(keep=6), len(tasks) if len(tasks) <= _ALL_TASKS else 0)
    cut = len(run.variants) > _MOST_VARIANTS or (bool(tasks) and rows < len(tasks))
    if run.lead and tasks and rows > 0:
        table = _tasks(run, run.lead, most=rows, roomy=screen.roomy)
        # The suite's twelve tasks are what the table is for: they may make the screen longer.
        screen.add(Text(), table, keep=-len(tasks) - _FOOT)
    sustained = measure_sustained(run.bundle)
    if sustained is not None:
        screen.append(Text(), *(Text(line) for line in sustained_lines(sustained)))
    screen.add(Text(), Text(_footing(run, cut=cut), style="dim"), keep=-len(tasks) - 2 * _FOOT)


def _several(screen: Screen, comparison: Comparison) -> None:
    devices = comparison.devices
    many = f"{len(devices)} device{'s' * (len(devices) != 1)}, {len(comparison.runs)} runs"
    screen.add(Text(f"study {comparison.study} · {many}", style="dim"))
    told = 0
    for device in devices:
        if not screen.add(Text(), *device_lines(device), keep=2):
            break
        told += 1
    left = len(devices) - told
    if left:
        screen.add(Text(f"… {left} more: see the report", style="dim"))
    for caveat in comparison.caveats:
        screen.add(Text(f"! {caveat}", style="yellow"))


def _heading(comparison: Comparison, run: RunComparison) -> list[Text]:
    """Say whose languages follow, where there are several runs."""
    if len(comparison.runs) == 1:
        return []
    return [Text(f"{run.device} · run {run.bundle.spec.run_id}", style="bold")]


def _variants(run: RunComparison, *, most: int, roomy: bool) -> Table:
    pace = (("p50 ms", "p90 ms", "queries/s") if roomy else ("p50 ms",)) if run.timed else ()
    table = _table("variant", *pace, "size", *(("score",) if run.scored else ()))
    if run.timed:
        table.add_column("latency", no_wrap=True)
    if run.scored:
        table.add_column("score", no_wrap=True)
    for index, variant in enumerate(run.variants[:most]):
        candidate = run.candidates[index - 1] if index else None
        verdicts = []
        if run.timed:
            verdicts.append(_verdict(candidate.latency.verdict if candidate else None))
        if run.scored:
            verdicts.append(_verdict(candidate.accuracy.verdict if candidate else None))
        table.add_row(
            variant.name,
            *_pace(variant.speed)[: len(pace)],
            numbers.size(variant.size_bytes),
            *((numbers.score(variant.average),) if run.scored else ()),
            *verdicts,
        )
    _more(table, len(run.variants) - most)
    return table


def _pace(speed: Speed | None) -> tuple[str, str, str]:
    if speed is None:
        return numbers.NONE, numbers.NONE, numbers.NONE
    return (
        numbers.milliseconds(speed.percentile(0.5).value_ns),
        numbers.milliseconds(speed.percentile(0.9).value_ns),
        numbers.rate(speed.queries_per_second),
    )


def _suites(run: RunComparison, *, roomy: bool) -> list[Text]:
    """Return a line a suite: its average in baseline and lead, and how much of it that is."""
    found = []
    for average in run.baseline.suites:
        pair = run.lead.accuracy.suites if run.lead else ()
        both = next((one for one in pair if one.over.suite == average.suite), None)
        if both is not None:
            scores = f"{numbers.score(both.baseline)} → {numbers.score(both.candidate)}"
            over = both.over
        elif average.score is not None:
            scores, over = numbers.score(average.score), average
        else:
            continue
        # A line each: the report says all the rest.
        coverage = over.summary if roomy else over.summary.partition(",")[0]
        found.append(Text(f"{average.title:<10}{scores}  {coverage}"))
    return found


def _tasks(run: RunComparison, candidate: CandidateComparison, *, most: int, roomy: bool) -> Table:
    more = ("languages × n",) if roomy else ()
    every = run.baseline.cells.values()
    head = ("task", "baseline", "candidate", "difference", "95 %", "better", "worse", *more)
    table = _table(*head)
    tasks = candidate.accuracy.tasks
    shown = tasks if len(tasks) <= most else tasks[: max(0, most - 1)]
    for task in shown:
        table.add_row(
            task.task,
            numbers.score(task.baseline),
            numbers.score(task.candidate),
            numbers.points(task.difference),
            f"too few{FEW}" if task.few else numbers.points_interval(task.interval),
            str(task.better),
            str(task.worse),
            *((f"{task.languages} × {_size(every, task.task)}",) if roomy else ()),
        )
    _more(table, len(tasks) - len(shown))
    return table


def _size(cells: Iterable[CellScore], task: str) -> str:
    own = [cell for cell in cells if cell.task == task]
    cut = any(cell.lookup and not cell.lookup.comparable for cell in own)
    return sample_range(own) + ("†" if cut else "")


def _more(table: Table, left: int) -> None:
    if left > 0:
        table.add_row(Text(f"… {left} more", style="dim"))


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=26)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _verdict(verdict: str | None, absent: str = "baseline") -> Text:
    if verdict is None:
        return Text(absent, style="dim")
    return Text(verdict, style=verdict_style(verdict))


def _footing(run: RunComparison, *, cut: bool) -> str:
    valid = sum(not done.invalid for done in run.rounds)
    parts = []
    if not run.timed:
        parts.append("latency not measured")
    if not run.scored:
        parts.append("not scored")
    if run.rounds:
        parts.append(f"{valid} of {len(run.rounds)} rounds valid")
    if without := no_energy(run):
        parts.append(without)
    if run.control:
        parts.append(f"A/A noise floor {numbers.percent(run.control.floor)}")
    if added := overhead_text(measure_upkeep(run.bundle)):
        parts.append(added)
    if run.lead and run.lead.accuracy.unscored:
        plural = "s" * (len(run.lead.accuracy.unscored) != 1)
        parts.append(f"{len(run.lead.accuracy.unscored)} task–language pair{plural} unscored")
    if any(c.lookup and not c.lookup.comparable for c in run.baseline.cells.values()):
        parts.append("† smaller pool")
    if any(cell.is_few for cell in run.baseline.cells.values()):
        parts.append(f"{FEW} fewer than {FEW_SAMPLES} samples in a language")
    if cut:
        parts.append("… more: `host report`, `host compare --json`")
    if run.bundle.spec.design is not None:
        parts.append("of a study: `host study answer` has the verdict over its seeds")
    elif len({variant.variant.regime for variant in run.variants}) > 1:
        parts.append("one seed a regime: no claim on regimes")
    return " · ".join(parts)
