"""The result tree of a comparison: devices side by side, variants below, each with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.events import GoldenChecked, RoundDone
from device_agent.contract.runspec import Variant
from host.analysis import verdict
from host.analysis.accuracy import AccuracyComparison
from host.analysis.bundle import Bundle, Cell
from host.analysis.caveats import Caveat
from host.analysis.latency import Control, LatencyComparison
from host.analysis.plain import comparison_json
from host.analysis.scores import CellScore, TaskScore
from host.analysis.speed import Speed
from host.analysis.suites import SuiteAverage


@dataclass(frozen=True)
class VariantSummary:
    """What one variant is, and how it did on this device.

    Attributes:
        artifacts: Manifests per task, where the bundle has them.
        golden: The golden-set checks on the device.
        speed: None without valid rounds.
        average: Over the tasks and languages in which all variants of the run have a score, so
            that averages compare; None if there is none.
        suites: XTREME's and XTREME-R's averages over all that this variant has a score in.
    """

    variant: Variant
    artifacts: Mapping[str, ArtifactManifest]
    golden: tuple[GoldenChecked, ...]
    speed: Speed | None
    cells: Mapping[Cell, CellScore]
    tasks: tuple[TaskScore, ...]
    average: float | None
    suites: tuple[SuiteAverage, ...]

    @property
    def name(self) -> str:
        """The variant's name."""
        return self.variant.name

    @property
    def size_bytes(self) -> int | None:
        """Bytes of all its artifacts, each file once; None if a manifest is not there."""
        if self.artifacts.keys() != self.variant.artifacts.keys():
            return None
        files = {f.digest: f.size_bytes for a in self.artifacts.values() for f in a.files}
        return sum(files.values())


@dataclass(frozen=True)
class CandidateComparison:
    """One candidate against the baseline, and what is said about it."""

    name: str
    latency: LatencyComparison
    accuracy: AccuracyComparison

    @property
    def headline(self) -> str:
        """The verdict in one plain sentence with its figures."""
        return verdict.sentence(self.latency, self.accuracy)

    @property
    def claim(self) -> str:
        """The same without figures."""
        return verdict.claim(self.latency, self.accuracy)

    @property
    def went_against(self) -> bool:
        """Whether the candidate is shown to be slower or worse than the baseline."""
        return self.latency.verdict == "SLOWER" or self.accuracy.verdict == "WORSE"


@dataclass(frozen=True)
class RunComparison:
    """All candidates of one bundle against its baseline.

    Attributes:
        variants: The baseline first, then the candidates; the A/A control is apart.
        control: What the A/A control shows; None where there is none or too few rounds.
        rounds: All of them, invalid ones included.
        candidates: All variants but the baseline; empty where it stands alone.
        caveats: What the reader must know before using a number.
    """

    bundle: Bundle = field(repr=False)
    variants: tuple[VariantSummary, ...]
    control: Control | None
    rounds: tuple[RoundDone, ...] = field(repr=False)
    candidates: tuple[CandidateComparison, ...]
    caveats: tuple[Caveat, ...]

    @property
    def baseline(self) -> VariantSummary:
        """The variant that all others are compared with."""
        return self.variants[0]

    @property
    def device(self) -> str:
        """The device in words."""
        facts = self.bundle.facts
        return facts.model or f"{facts.board} ({facts.cpu or facts.architecture})"

    @property
    def lead(self) -> CandidateComparison | None:
        """The candidate that the headline is about: the first with the baseline's recipe.

        None where the baseline stands alone.
        """
        recipe = self.baseline.variant.recipe
        same = [v.name for v in self.variants[1:] if v.variant.recipe == recipe]
        alike = [candidate for candidate in self.candidates if candidate.name in same]
        return next(iter(alike or self.candidates), None)

    @property
    def headline(self) -> str:
        """The verdict in one plain sentence with its figures."""
        return self.lead.headline if self.lead else self.claim

    @property
    def claim(self) -> str:
        """The verdict without its figures; for a single variant, what was measured."""
        if self.lead:
            return self.lead.claim
        speed = self.baseline.speed
        return verdict.alone(
            self.baseline.name,
            speed.percentile(0.5).value_ns if speed else None,
            self.baseline.average,
        )


@dataclass(frozen=True)
class Comparison:
    """One run comparison per bundle, side by side: nothing is averaged over devices."""

    runs: tuple[RunComparison, ...]
    caveats: tuple[str, ...]

    @property
    def study(self) -> str:
        """The study of the first run."""
        return self.runs[0].bundle.spec.study

    @property
    def headline(self) -> str:
        """The verdict in plain words, one sentence per device."""
        if len(self.runs) == 1:
            return self.runs[0].headline
        return " ".join(f"{run.device}: {run.headline}" for run in self.runs)

    @property
    def went_against(self) -> bool:
        """Whether any candidate is shown to be slower or worse than the baseline."""
        return any(candidate.went_against for run in self.runs for candidate in run.candidates)

    def to_json(self) -> dict[str, object]:
        """Return plain values for `--json`; numbers are as computed, unrounded."""
        return comparison_json(self)
