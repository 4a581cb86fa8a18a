"""Whether what two variants compute can explain a difference in latency between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from device_agent.contract.artifact import ArtifactManifest

Artifacts = Mapping[str, ArtifactManifest]


@dataclass(frozen=True)
class Differing:
    """One thing in which the artifacts of some tasks differ."""

    what: str
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """What two variants' artifacts do alike, task by task.

    Attributes:
        tasks: Tasks whose artifacts both bundles' sides tell of.
        differing: What they compute differently; empty where both do the same work.
        untold: What some manifests do not tell, so that it may differ unseen.
        denormals: Denormal weights of candidate and baseline.
        trimmed: Variants whose vocabulary was trimmed to the data that was run: on other text
            they may need more tokens and take longer.
    """

    candidate: str
    baseline: str
    tasks: tuple[str, ...]
    differing: tuple[Differing, ...]
    untold: tuple[str, ...]
    denormals: tuple[int, int]
    trimmed: tuple[str, ...]

    @property
    def same_computation(self) -> bool:
        """Whether both are known to do the same work on the same text."""
        return bool(self.tasks) and not self.differing and not self.untold

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to conclude, most important first."""
        return tuple(self._told())

    def _told(self) -> Iterator[str]:
        if not self.tasks:
            yield "What the variants compute is not told: their manifests are not in the bundle."
            return
        if self.differing:
            parts = "; ".join(
                f"{one.what} ({_some(one.tasks, self.tasks)})" for one in self.differing
            )
            yield (
                f"{self.candidate} and {self.baseline} do not do the same work, so a difference in "
                f"latency can come from it. They differ in {parts}."
            )
        elif self.same_computation:
            yield (
                f"{self.candidate} and {self.baseline} do the same work: same graph, same "
                "quantization, same vocabulary, same longest input in "
                f"{_some(self.tasks, self.tasks)}. Only weights differ, so a difference in latency "
                "is not explained by what is computed."
            )
        if self.untold:
            yield (
                f"{self.candidate} and {self.baseline}: not told by all artifacts, so that it may "
                f"differ unseen: {', '.join(self.untold)}."
            )
        if any(self.denormals):
            ours, theirs = self.denormals
            yield (
                f"Denormal weights ({ours:,} in {self.candidate}, {theirs:,} in {self.baseline}) "
                "can slow some processors down."
            )
        if self.trimmed:
            yield (
                f"The vocabulary of {' and '.join(self.trimmed)} was trimmed to the data that was "
                "run: on other text latency may differ."
            )


_READERS: dict[str, Callable[[ArtifactManifest], object]] = {
    "format": lambda m: m.format,
    "graph": lambda m: m.graph_digest,
    "quantization": lambda m: m.quantization_digest,
    "vocabulary": lambda m: m.vocabulary_digest,
    "longest input": lambda m: m.max_tokens,
    "lengths that inputs are padded to": lambda m: m.buckets,
}


def explain(candidate: str, ours: Artifacts, baseline: str, theirs: Artifacts) -> Explanation:
    """Compare the artifacts of each task that both variants have.

    Args:
        candidate: Name of the first variant.
        ours: Its manifests by task.
        baseline: Name of the second.
        theirs: Its manifests by task.
    """
    tasks = tuple(sorted(ours.keys() & theirs.keys()))
    differing, untold = [], []
    for what, read in _READERS.items():
        pairs = {task: (read(ours[task]), read(theirs[task])) for task in tasks}
        if any(None in pair for pair in pairs.values()):
            untold.append(what)
        unlike = tuple(t for t, (a, b) in pairs.items() if a != b and None not in (a, b))
        if unlike:
            differing.append(Differing(what, unlike))
    return Explanation(
        candidate=candidate,
        baseline=baseline,
        tasks=tasks,
        differing=tuple(differing),
        untold=tuple(untold),
        denormals=(_denormals(ours), _denormals(theirs)),
        trimmed=tuple(
            name
            for name, artifacts in ((candidate, ours), (baseline, theirs))
            if any(manifest.trimming for manifest in artifacts.values())
        ),
    )


def _denormals(artifacts: Artifacts) -> int:
    """Count each checkpoint once, though several tasks may share it."""
    distinct = {manifest.lineage.checkpoint_digest: manifest for manifest in artifacts.values()}
    return sum(m.denormals.values for m in distinct.values() if m.denormals)


def _some(tasks: tuple[str, ...], of: tuple[str, ...]) -> str:
    if len(tasks) == len(of):
        return "all tasks" if len(of) > 1 else of[0]
    return ", ".join(tasks)
