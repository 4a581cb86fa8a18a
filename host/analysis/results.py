"""The result tree of a comparison: devices side by side, variants below, each with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.events import GoldenChecked, RoundDone
from device_agent.contract.runspec import Variant
from host.analysis import verdict
from host.analysis.bundle import Bundle, Cell
from host.analysis.caveats import Caveat
from host.analysis.energy.difference import EnergyComparison
from host.analysis.energy.use import Found, Unsupported
from host.analysis.explanation import Explanation
from host.analysis.language_fair.cost import LanguageCosts
from host.analysis.score.differences import AccuracyComparison
from host.analysis.score.intervals import ScoreIntervals
from host.analysis.score.scores import CellScore, TaskScore
from host.analysis.score.suites import SuiteAverage, is_smaller
from host.analysis.sessions import SessionsTogether
from host.analysis.timing.latency import Control, LatencyComparison
from host.analysis.timing.speed import Speed

NOT_MEASURED = "NOT MEASURED"
NO_ENERGY = Unsupported("no power sensor")


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
        intervals: Of its scores.
        energy: Per sentence, or why there is none.
    """

    variant: Variant
    artifacts: Mapping[str, ArtifactManifest]
    golden: tuple[GoldenChecked, ...]
    speed: Speed | None
    cells: Mapping[Cell, CellScore]
    tasks: tuple[TaskScore, ...]
    average: float | None
    suites: tuple[SuiteAverage, ...]
    intervals: ScoreIntervals
    energy: Found = NO_ENERGY

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
    """One candidate against the baseline, and what is said about it.

    Attributes:
        timed: Latency was to be measured; otherwise its comparison holds nothing.
        scored: The same of scores.
        explanation: Whether what is computed can explain a difference in latency.
        energy: None where one of the two has none.
    """

    name: str
    latency: LatencyComparison
    accuracy: AccuracyComparison
    explanation: Explanation
    timed: bool = True
    scored: bool = True
    energy: EnergyComparison | None = None

    @property
    def headline(self) -> str:
        """The verdict in one plain sentence with its figures."""
        return self._said(figures=True)

    @property
    def claim(self) -> str:
        """The same without figures."""
        return self._said(figures=False)

    @property
    def went_against(self) -> bool:
        """Whether the candidate is shown to be slower or worse than the baseline."""
        return self.latency.verdict == "SLOWER" or self.accuracy.verdict == "WORSE"

    @property
    def latency_verdict(self) -> str:
        """The verdict, or that there was nothing to judge."""
        return self.latency.verdict if self.timed else NOT_MEASURED

    @property
    def score_verdict(self) -> str:
        """The same of scores."""
        return self.accuracy.verdict if self.scored else NOT_MEASURED

    def _said(self, *, figures: bool) -> str:
        if not self.timed:
            return verdict.score_sentence(self.accuracy, figures=figures)
        if not self.scored:
            return verdict.latency_sentence(self.latency, figures=figures)
        make = verdict.sentence if figures else verdict.claim
        return make(self.latency, self.accuracy)


@dataclass(frozen=True)
class RunComparison:
    """All candidates of one bundle against its baseline.

    Attributes:
        variants: The baseline first, then the candidates; the A/A control is apart.
        control: What the A/A control shows; None where there is none or too few rounds.
        rounds: All of them, invalid ones included.
        candidates: All variants but the baseline; empty where it stands alone.
        caveats: What the reader must know before using a number.
        languages: What languages cost; None where that cannot be told.
    """

    bundle: Bundle = field(repr=False)
    variants: tuple[VariantSummary, ...]
    control: Control | None
    rounds: tuple[RoundDone, ...] = field(repr=False)
    candidates: tuple[CandidateComparison, ...]
    caveats: tuple[Caveat, ...]
    languages: LanguageCosts | None = None

    @property
    def timed(self) -> bool:
        """Whether latency was to be measured."""
        return "performance" in self.bundle.spec.modes

    @property
    def scored(self) -> bool:
        """Whether scores were to be taken."""
        return "accuracy" in self.bundle.spec.modes

    @property
    def partial(self) -> str | None:
        """Why the average score is of less than the benchmark's data; None if it is not."""
        cells = self.baseline.cells.values()
        kinds = (
            ("some unscored", any(cell.score is None for cell in cells)),
            ("subsets", any(cell.is_subset for cell in cells)),
            ("smaller data", any(is_smaller(cell) for cell in cells)),
            ("smaller pools", any(c.lookup and not c.lookup.comparable for c in cells)),
        )
        return ", ".join(name for name, found in kinds if found) or None

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

        In a study with a design it is the one that the baseline is paired with. None where the
        baseline stands alone.
        """
        recipe = self.baseline.variant.recipe
        same = [v.name for v in self.variants[1:] if v.variant.recipe == recipe]
        for names in (self._paired, same):
            for candidate in self.candidates:
                if candidate.name in names:
                    return candidate
        return next(iter(self.candidates), None)

    @property
    def _paired(self) -> list[str]:
        """Variants of another level that share the baseline's stratum and seed."""
        design = self.bundle.spec.design
        members = {member.variant: member for member in design.members} if design else {}
        own = members.get(self.baseline.name)
        if own is None:
            return []
        return [
            member.variant
            for member in members.values()
            if (member.stratum, member.seed) == (own.stratum, own.seed)
            and member.level != own.level
        ]

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
class DeviceComparison:
    """One device's runs.

    Attributes:
        name: The device in words, told from others of its model.
        runs: Sessions of one measurement, or runs that were accepted side by side.
        together: Per candidate, over the sessions; empty where there are no several.
        caveats: What does not hold over the sessions.
    """

    name: str
    runs: tuple[RunComparison, ...]
    together: tuple[SessionsTogether, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def lead(self) -> SessionsTogether | None:
        """The headline's candidate over the sessions."""
        lead = self.runs[0].lead
        return next((one for one in self.together if lead and one.candidate == lead.name), None)

    @property
    def headlines(self) -> tuple[str, ...]:
        """The verdict over the sessions, or else of each run."""
        return (self.lead.headline,) if self.lead else tuple(run.headline for run in self.runs)

    @property
    def went_against(self) -> bool:
        """Whether a candidate is shown to be slower over the sessions, or worse in one."""
        if not self.together:
            return any(c.went_against for run in self.runs for c in run.candidates)
        worse = any(c.accuracy.verdict == "WORSE" for run in self.runs for c in run.candidates)
        return worse or any(one.latency.verdict == "SLOWER" for one in self.together)


@dataclass(frozen=True)
class Comparison:
    """Runs side by side: nothing is averaged over devices.

    Attributes:
        runs: One per bundle.
        caveats: In which conditions runs differ, where that was noted or accepted.
        devices: The same runs, device by device.
    """

    runs: tuple[RunComparison, ...]
    caveats: tuple[str, ...]
    devices: tuple[DeviceComparison, ...]

    @property
    def study(self) -> str:
        """The study of the first run."""
        return self.runs[0].bundle.spec.study

    @property
    def headline(self) -> str:
        """The verdict in plain words, one sentence per device."""
        if len(self.runs) == 1:
            return self.runs[0].headline
        return " ".join(f"{one.name}: {' '.join(one.headlines)}" for one in self.devices)

    @property
    def went_against(self) -> bool:
        """Whether any candidate is shown to be slower or worse than the baseline."""
        return any(device.went_against for device in self.devices)
