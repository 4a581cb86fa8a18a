"""Gathers what the HTML page shows, so that the template only lays it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from device_agent.contract.artifact import Parity
from device_agent.contract.events import GoldenChecked, SessionOpened
from host.analysis.results import (
    CandidateComparison,
    Comparison,
    RunComparison,
    VariantSummary,
)
from host.analysis.timing.speed import LanguageSpeed
from host.report.charts.by_language import by_language_figure
from host.report.charts.distribution import distribution_figure
from host.report.charts.figure import Figure, series_colour
from host.report.charts.over_time import over_time_figure
from host.report.charts.ratio import ratio_figure
from host.report.charts.tradeoff import tradeoff_figure
from host.report.matrix import Matrix, difference_matrices, score_matrices
from host.report.origins import Origin, origins
from host.report.sources import Sources
from host.report.suite_tables import SuiteTable, suite_tables

_MOST_SHOWN = 6
"""Verdicts at the top; a table has all of them."""


@dataclass(frozen=True)
class GoldenRow:
    """One artifact's golden set on the device; `host` is the parity that the export found.

    Attributes:
        lowest: The language with the lowest label agreement, and that agreement.
    """

    variant: str
    tasks: str
    check: GoldenChecked
    host: Parity | None
    lowest: tuple[str, float] | None


@dataclass(frozen=True)
class GoldenSummary:
    """One variant's golden sets together: how many passed, and the worst figures of any."""

    passed: int
    artifacts: int
    relative_error: float
    label_agreement: float


@dataclass(frozen=True)
class LanguageRow:
    """One language's latency in every variant, in the order of the variants."""

    language: str
    speeds: tuple[LanguageSpeed, ...]


@dataclass(frozen=True)
class Shown:
    """One candidate whose verdict stands at the top, and the colour that it has throughout."""

    candidate: CandidateComparison
    colour: str


@dataclass(frozen=True)
class RunPage:
    """One device's part of the page.

    Attributes:
        anchor: Prefix of the ids of its headings.
        shown: The candidates whose verdicts stand at the top, the headline's first.
        origins: Where each kind of number comes from.
        runtimes: The engines that really ran, with their versions.
        golden: In the order of the run.
        parity: Per variant; None where no golden set was run.
        languages: The fastest first.
    """

    anchor: str
    run: RunComparison
    shown: tuple[Shown, ...]
    sources: Sources
    origins: tuple[Origin, ...]
    runtimes: tuple[str, ...]
    ratios: Figure | None
    distribution: Figure | None
    over_time: Figure | None
    by_language: Figure | None
    tradeoff: Figure | None
    scores: tuple[Matrix, ...]
    differences: tuple[Matrix, ...]
    suites: tuple[SuiteTable, ...]
    golden: tuple[GoldenRow, ...]
    parity: dict[str, GoldenSummary | None]
    languages: tuple[LanguageRow, ...]


@dataclass(frozen=True)
class Page:
    """The whole page."""

    comparison: Comparison
    runs: tuple[RunPage, ...]


def make_page(comparison: Comparison) -> Page:
    """Draw every chart and lay out every table of a comparison."""
    runs = (_run_page(run, f"run{index}") for index, run in enumerate(comparison.runs, 1))
    return Page(comparison=comparison, runs=tuple(runs))


def golden_summary(variant: VariantSummary) -> GoldenSummary | None:
    """Return one variant's golden sets together; None where none was run."""
    if not variant.golden:
        return None
    return GoldenSummary(
        passed=sum(check.passed for check in variant.golden),
        artifacts=len(variant.golden),
        relative_error=max(check.overall.relative_error for check in variant.golden),
        label_agreement=min(check.overall.label_agreement for check in variant.golden),
    )


def _run_page(run: RunComparison, anchor: str) -> RunPage:
    sources = Sources.of(run.bundle)
    return RunPage(
        anchor=anchor,
        run=run,
        shown=_shown(run),
        sources=sources,
        origins=tuple(origins(run, sources)),
        runtimes=_runtimes(run),
        ratios=ratio_figure(run, f"{anchor}-ratio"),
        distribution=distribution_figure(run, f"{anchor}-distribution"),
        over_time=over_time_figure(run, f"{anchor}-time"),
        by_language=by_language_figure(run, f"{anchor}-language"),
        tradeoff=tradeoff_figure(run, f"{anchor}-tradeoff"),
        scores=score_matrices(run),
        differences=difference_matrices(run),
        suites=suite_tables(run),
        golden=tuple(_golden(run)),
        parity={variant.name: golden_summary(variant) for variant in run.variants},
        languages=_languages(run),
    )


def _runtimes(run: RunComparison) -> tuple[str, ...]:
    opened = run.bundle.bodies(SessionOpened)
    return tuple(dict.fromkeys(f"{one.runtime} {one.runtime_version}" for one in opened))


def _shown(run: RunComparison) -> tuple[Shown, ...]:
    every = [Shown(c, series_colour(index)) for index, c in enumerate(run.candidates, 1)]
    every.sort(key=lambda one: one.candidate is not run.lead)
    return tuple(every[:_MOST_SHOWN])


def _golden(run: RunComparison) -> Iterator[GoldenRow]:
    for variant in run.variants:
        for check in variant.golden:
            artifact = run.bundle.artifacts.get(check.artifact)
            agreements = {
                language: found.label_agreement for language, found in check.per_language.items()
            }
            yield GoldenRow(
                variant=variant.name,
                # Retrieval tasks share one encoder, so an artifact may serve several tasks.
                tasks=", ".join(
                    t for t, digest in variant.variant.artifacts.items() if digest == check.artifact
                ),
                check=check,
                host=artifact.parity if artifact else None,
                lowest=min(agreements.items(), key=lambda item: item[1], default=None),
            )


def _languages(run: RunComparison) -> tuple[LanguageRow, ...]:
    by_variant = [
        {one.language: one for one in variant.speed.languages}
        for variant in run.variants
        if variant.speed is not None
    ]
    if not by_variant:
        return ()
    baseline = sorted(by_variant[0].values(), key=lambda one: one.ns_per_sentence)
    return tuple(
        LanguageRow(one.language, tuple(speeds[one.language] for speeds in by_variant))
        for one in baseline
    )
