"""Tells, per kind of number on the page, which files and events of the bundle it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from device_agent.contract.bundle import FACTS_NAME, JOURNAL_NAME, MANIFEST_NAME, SPEC_NAME
from host.analysis.results import RunComparison
from host.report.sources import Sources, span


@dataclass(frozen=True)
class Origin:
    """One kind of number.

    Attributes:
        files: Paths in the bundle.
        events: Their kind and seq in words; "" where they are not of the journal.
        made: How the numbers are made of them.
    """

    what: str
    files: str
    events: str
    made: str


def origins(run: RunComparison, sources: Sources) -> Iterator[Origin]:
    """Yield where each kind of number comes from, those of the verdict first."""
    counted, left_out = sources.valid_seqs, sources.invalid_seqs
    if counted:
        yield Origin(
            "latency ratios, percentiles, throughput, latency by language",
            JOURNAL_NAME,
            f"round: {span(counted)}",
            "paired queries of the valid rounds, their nanoseconds as the device wrote them",
        )
    if sources.rounds:
        yield Origin(
            "temperature, clock, foreign CPU, reasons of invalid rounds",
            JOURNAL_NAME,
            f"round: {span([*counted, *left_out])}",
            "conditions of each round; the host judges them again when it verifies",
        )
    if sources.scored:
        yield Origin(
            "scores, differences, averages",
            f"{JOURNAL_NAME}, gold/",
            f"sample: {span(sources.sample_seqs)}; scored: {span(sources.scored.values())}",
            "predictions scored again with gold; each cell’s title names its own events",
        )
    if sources.ranked:
        yield Origin(
            "rankings of retrieval",
            JOURNAL_NAME,
            f"ranked: {span(sources.ranked.values())}",
            "candidates of each query, best first",
        )
    if sources.golden:
        yield Origin(
            "parity on the device",
            JOURNAL_NAME,
            f"golden: {span(sources.golden.values())}",
            "golden sets repeated before the first sample",
        )
    yield Origin("margins, seeds, data digests", SPEC_NAME, "", "registered before the run")
    yield Origin("device and versions", FACTS_NAME, "", "as the device told them")
    if run.bundle.artifacts:
        yield Origin(
            "sizes, parameters, graphs, parity on the host",
            "artifacts/",
            "",
            "manifests that export wrote, named by their digest",
        )
    yield Origin("what was not done", MANIFEST_NAME, "", "state of the run, and what is missing")
