"""Says where the data behind the scores is less than the benchmark's, a line a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from device_agent.contract.events import Ranked
from device_agent.contract.runspec import Dataset
from host.analysis.bundle import Bundle
from host.analysis.score.pools import INCOMPARABLE, Lookup, lookup_of
from host.analysis.score.scores import FEW_SAMPLES, CellScore, cell_scores
from host.analysis.score.suites import is_smaller
from host.scoring.benchmark import TASKS

Limit = tuple[str, tuple[str, ...]]
"""What is less, and its cases."""

_NAMED = 8
"""Up to so many languages are named, more are counted."""


def data_limits(bundle: Bundle) -> Iterator[Limit]:
    """Yield every way in which the scored data is less than the benchmark's."""
    if "accuracy" not in bundle.spec.modes:
        return
    cells = tuple(cell_scores(bundle, bundle.compared[0].name).values())
    limits = (
        (
            (
                "Scores are over seeded subsets, so they do not compare with published ones; the "
                "comparison between the variants is over the same samples."
            ),
            _subsets(bundle.spec.datasets),
        ),
        (
            (
                "The data is smaller than the benchmark's smallest test set, so scores do not "
                "compare with published ones."
            ),
            _smaller(cells),
        ),
        (
            (
                f"Queries were looked up among smaller pools: {INCOMPARABLE}, because a smaller "
                "pool is easier."
            ),
            _pools(bundle),
        ),
        (
            (
                f"Some scores are of fewer than {FEW_SAMPLES} samples (*). They count in the means "
                "as any other, as the benchmark has it, and say next to nothing by themselves."
            ),
            _few(cells),
        ),
    )
    for text, cases in limits:
        lines = tuple(cases)
        if lines:
            yield text, lines


def mined(bundle: Bundle) -> Iterator[Limit]:
    """Yield with which threshold pairs were mined: each variant has its own."""
    fitted: dict[str, list[str]] = {}
    for ranked, lookup in lookups(bundle):
        if lookup.threshold is not None:
            text = f"{ranked.variant} {lookup.threshold:.4f}"
            fitted.setdefault(f"{ranked.task} {ranked.language}", []).append(text)
    if fitted:
        yield (
            (
                "Pairs are mined above a threshold that was fitted on the development set, per "
                "variant."
            ),
            tuple(f"{cell}: {', '.join(thresholds)}" for cell, thresholds in fitted.items()),
        )


def lookups(bundle: Bundle) -> Iterator[tuple[Ranked, Lookup]]:
    """Yield every ranking with what it looked among."""
    datasets = {(d.task, d.language): d for d in bundle.spec.datasets}
    for ranked in bundle.bodies(Ranked):
        dataset = datasets[ranked.task, ranked.language]
        yield ranked, lookup_of(dataset, ranked, bundle.spec.datasets)


def spoken_range(values: Iterable[int]) -> str:
    """Return the least and the most of some counts."""
    every = list(values)
    low, high = min(every), max(every)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _subsets(datasets: Iterable[Dataset]) -> Iterator[str]:
    cut: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        if dataset.queries < dataset.available:
            cut.setdefault(dataset.task, []).append(dataset)
    for task, own in cut.items():
        drawn, there = (
            spoken_range(d.queries for d in own),
            spoken_range(d.available for d in own),
        )
        yield f"{task}: {drawn} of {there} in {_languages([d.language for d in own])}"


def _smaller(cells: Iterable[CellScore]) -> Iterator[str]:
    sizes = {task.name: task.size for task in TASKS}
    by_task: dict[str, list[CellScore]] = {}
    for cell in cells:
        if cell.score is not None and is_smaller(cell):
            by_task.setdefault(cell.task, []).append(cell)
    for task, own in by_task.items():
        size = sizes[task]
        at_most = "up to " * any(cell.is_subset and cell.samples < cell.queries for cell in own)
        pools = [cell.lookup.candidates for cell in own if cell.lookup is not None]
        among = f", looked up among {spoken_range(pools)} candidates" if pools else ""
        yield (
            f"{task} has {at_most}{spoken_range(cell.most for cell in own)} of about "
            f"{size.least:,} {size.unit} a language in "
            f"{_languages([cell.language for cell in own])}{among}"
        )


def _pools(bundle: Bundle) -> Iterator[str]:
    """Say once a task what was looked among: its languages may have pools of their own size."""
    reduced: dict[str, dict[str, Lookup]] = {}
    for ranked, lookup in lookups(bundle):
        if not lookup.comparable:
            reduced.setdefault(ranked.task, {})[ranked.language] = lookup
    for task, by_language in reduced.items():
        own = list(by_language.values())
        held = spoken_range(lookup.candidates for lookup in own)
        known = [lookup.available for lookup in own if lookup.available is not None]
        of = f" of {spoken_range(known)}" if known and any(lookup.reduced for lookup in own) else ""
        lacks = f", pool of {own[0].languages} of {own[0].planned_languages} languages"
        yield (
            f"{task}: {held}{of} candidates{lacks * own[0].lacks_languages} "
            f"in {_languages(list(by_language))}"
        )


def _few(cells: Iterable[CellScore]) -> Iterator[str]:
    grouped: dict[tuple[str, int], list[str]] = {}
    for cell in cells:
        if cell.is_few:
            grouped.setdefault((cell.task, cell.samples), []).append(cell.language)
    for (task, samples), languages in grouped.items():
        yield f"{task} {' '.join(languages)}: {samples} sample{'s' * (samples != 1)}"


def _languages(names: list[str]) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} languages"
    return " ".join(names)
