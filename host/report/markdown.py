"""Writes the comparison as Markdown, for issues, model cards and chats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from host.analysis.caveats import Caveat
from host.analysis.results import Comparison, RunComparison, VariantSummary
from host.report import numbers
from host.report.markdown_parts import table as _table
from host.report.markdown_parts import text as _text
from host.report.sizes import gold_notes, lookup_notes, sample_range
from host.report.suite_tables import SuiteTable, suite_tables


def write_markdown(comparison: Comparison, path: Path) -> Path:
    """Write the comparison as one Markdown file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown(comparison), encoding="utf-8")
    return path


def markdown(comparison: Comparison) -> str:
    """Return the verdict, the tables behind it and the caveats as Markdown."""
    parts = [f"# {_text(comparison.study)}", *(f"> {_text(c)}" for c in comparison.caveats)]
    parts += [
        f"**{_text(device.name)}: {_text(' '.join(device.headlines))}**"
        for device in comparison.devices
        if device.together
    ]
    for run in comparison.runs:
        parts += _run(run)
    return "\n\n".join(parts) + "\n"


def _run(run: RunComparison) -> list[str]:
    bundle = run.bundle
    invalid = sum(bool(done.invalid) for done in run.rounds)
    floor = numbers.percent(run.control.floor) if run.control else "unknown"
    return [
        f"## {_text(run.device)}",
        *(f"**{_text(each.headline)}**" for each in run.candidates or [run]),
        *_grave(run),
        _variants(run),
        *(_tasks(run, index) for index in range(len(run.candidates))),
        *_sizes(run),
        *(_suite(table) for table in suite_tables(run)),
        f"A/A noise floor: {floor}. Rounds: {len(run.rounds) - invalid} valid, {invalid} invalid."
        if run.timed
        else "Latency: not measured (accuracy mode only).",
        *_explanations(run),
        "### What it cannot say",
        "\n".join(_caveat(caveat) for caveat in run.caveats if not caveat.grave)
        or "- Nothing more.",
        f"Run `{bundle.spec.run_id}`, bundle `{bundle.digest}`.",
    ]


def _explanations(run: RunComparison) -> Iterator[str]:
    """Yield what can explain a difference in latency, candidate by candidate."""
    told = [sentence for each in run.candidates for sentence in each.explanation.sentences]
    if run.timed and told:
        yield "### What can explain a difference in latency"
        yield "\n".join(f"- {_text(sentence)}" for sentence in told)


def _grave(run: RunComparison) -> Iterator[str]:
    grave = [_caveat(caveat) for caveat in run.caveats if caveat.grave]
    if grave:
        yield "### Before you use these numbers"
        yield "\n".join(grave)


def _caveat(caveat: Caveat) -> str:
    return "\n".join((f"- {_text(caveat.text)}", *(f"  - {_text(d)}" for d in caveat.details)))


def _variants(run: RunComparison) -> str:
    rows = []
    for index, variant in enumerate(run.variants):
        speed = variant.speed
        candidate = run.candidates[index - 1] if index else None
        rows.append(
            (
                variant.name,
                variant.variant.regime or numbers.NONE,
                variant.variant.recipe,
                numbers.size(variant.size_bytes),
                numbers.milliseconds(speed.percentile(0.5).value_ns if speed else None),
                numbers.milliseconds(speed.percentile(0.9).value_ns if speed else None),
                numbers.rate(speed.queries_per_second) if speed else numbers.NONE,
                _score(variant),
                candidate.latency_verdict if candidate else "baseline",
                candidate.score_verdict if candidate else "baseline",
            )
        )
    head = ("variant", "regime", "recipe", "size", "p50 ms", "p90 ms", "queries/s", "score")
    return _table((*head, "latency", "score verdict"), rows)


def _score(variant: VariantSummary) -> str:
    interval = variant.intervals.average
    ends = f" ({numbers.score_interval(interval)})" if interval else ""
    return f"{numbers.score(variant.average)}{ends}"


def _tasks(run: RunComparison, index: int) -> str:
    candidate = run.candidates[index]
    rows = [
        (
            task.task,
            numbers.score(task.baseline),
            numbers.score(task.candidate),
            numbers.points(task.difference),
            task.no_interval or numbers.points_interval(task.interval),
            f"{task.better} of {task.languages}",
            f"{task.worse} of {task.languages}",
        )
        for task in candidate.accuracy.tasks
    ]
    heading = f"### {_text(candidate.name)} against {_text(run.baseline.name)}"
    head = ("task", "baseline", "candidate", "difference", "95 %", "better (Holm)", "worse (Holm)")
    unscored = [f"- {u.task}/{u.language}: {_text(u.reason)}" for u in candidate.accuracy.unscored]
    parts = [heading, _table(head, rows) if rows else "Nothing is scored for both."]
    if unscored:
        parts += ["Unscored:", "\n".join(unscored)]
    return "\n\n".join(parts)


def _sizes(run: RunComparison) -> Iterator[str]:
    """Yield per task what the scores are over; the variants share data and pools."""
    cells = run.baseline.cells.values()
    rows = []
    for task in run.baseline.tasks:
        own = [cell for cell in cells if cell.task == task.task]
        notes = "; ".join((*gold_notes(own), *lookup_notes(own))) or numbers.NONE
        scored = str(sum(cell.score is not None for cell in own))
        rows.append((task.task, scored, sample_range(own), notes))
    if rows:
        yield "### What the scores are over"
        yield _table(("task", "languages", "samples a language", "notes"), rows)


def _suite(suite: SuiteTable) -> str:
    state = "complete" if suite.complete else "partial"
    rows = [
        (row.name, row.coverage, *row.scores)
        for row in (*suite.rows, replace(suite.average, name=f"average ({state})"))
    ]
    notes = [
        f"{note.names}: " * bool(note.names) + "; ".join((note.coverage, *note.limits))
        for note in suite.notes
    ]
    notes += [
        f"{name} − {suite.variants[0]}: {difference} points (95 %: {interval}), paired"
        for name, difference, interval in suite.differences
    ]
    parts = [f"### {suite.title}", _table(("task", "scored", *suite.variants), rows)]
    return "\n\n".join([*parts, "\n".join(f"- {_text(note)}" for note in notes)])
