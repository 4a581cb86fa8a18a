"""Sessions and golden sets: nothing counts that ran an artifact nobody checked on the device."""

from __future__ import annotations

from collections.abc import Iterator, Set

from device_agent import runtimes
from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import GoldenChecked, RoundDone, SampleDone, SessionOpened
from host.analysis.bundle import Bundle
from host.analysis.seal.failure import RUN_AGAIN, Failure

_Use = tuple[str, str]
"""Variant, digest of the artifact."""

_WITHOUT_GOLDEN = "null"
"""The runtime that measures the harness: it computes nothing that could be compared."""


def check_sessions(bundle: Bundle) -> Iterator[Failure]:
    """Find artifacts that were used without a session, or without passing their golden set."""
    yield from _planned(bundle)
    yield from _golden(bundle)
    if bundle.finished:
        yield from _complete(bundle)


def _planned(bundle: Bundle) -> Iterator[Failure]:
    allowed = {(v.name, digest) for v in bundle.spec.variants for digest in v.artifacts.values()}
    opened: list[tuple[int, SessionOpened | GoldenChecked]] = [
        *bundle.entries(SessionOpened),
        *bundle.entries(GoldenChecked),
    ]
    for seq, body in opened:
        if (body.variant, body.artifact) not in allowed:
            what = "golden check" if isinstance(body, GoldenChecked) else "session"
            message = f"has a {what} of {body.variant} with {body.artifact}, which the spec lacks"
            yield Failure(JOURNAL_NAME, message, seq=seq)
    runtime = bundle.spec.runtime
    for seq, session in bundle.entries(SessionOpened):
        wanted = runtime.name or _own_runtime(bundle, session)
        if (session.runtime, session.threads) != (wanted, runtime.threads):
            message = (
                f"{session.variant} ran on {session.runtime} with {session.threads} threads, "
                f"the spec says {wanted} with {runtime.threads}"
            )
            yield Failure(JOURNAL_NAME, message, seq=seq)


def _own_runtime(bundle: Bundle, session: SessionOpened) -> str:
    """Return the runtime of the artifact's format, which runs it where the spec names none."""
    artifact = bundle.artifacts.get(session.artifact)
    return runtimes.OF_FORMAT[artifact.format] if artifact is not None else session.runtime


def _golden(bundle: Bundle) -> Iterator[Failure]:
    """A golden set is repeated once, whole, and judged by the artifact's own tolerance."""
    seen: set[_Use] = set()
    for seq, check in bundle.entries(GoldenChecked):
        if (check.variant, check.artifact) in seen:
            message = f"has the golden check of {check.variant} {check.artifact} again"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
        seen.add((check.variant, check.artifact))
        artifact = bundle.artifacts.get(check.artifact)
        if artifact is not None and _extent(check) != _extent_of(artifact):
            message = (
                f"the golden check of {check.variant} has another tolerance or other samples "
                f"than the artifact {artifact.name}"
            )
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
        if bundle.finished and not check.passed:
            message = f"{check.variant} failed its golden set, and yet the run finished"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)


def _extent(check: GoldenChecked) -> object:
    samples = {language: found.samples for language, found in check.per_language.items()}
    return check.tolerance, check.overall.samples, samples


def _extent_of(artifact: ArtifactManifest) -> object:
    parity = artifact.parity
    samples = {language: found.samples for language, found in parity.per_language.items()}
    return parity.tolerance, parity.overall.samples, samples


def _complete(bundle: Bundle) -> Iterator[Failure]:
    used = _used(bundle)
    opened = {(s.variant, s.artifact) for s in bundle.bodies(SessionOpened)}
    checked = {(g.variant, g.artifact) for g in bundle.bodies(GoldenChecked)}
    for variant, artifact in sorted(used - opened):
        message = f"has no session of {variant} with the artifact {artifact} that it ran"
        yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
    if bundle.spec.runtime.name == _WITHOUT_GOLDEN:
        return
    for variant, artifact in sorted(used - checked):
        message = f"has no golden check of {variant} with the artifact {artifact} that it ran"
        yield Failure(JOURNAL_NAME, message, RUN_AGAIN)


def _used(bundle: Bundle) -> Set[_Use]:
    ran = {(sample.variant, sample.task) for sample in bundle.bodies(SampleDone)}
    for done in bundle.bodies(RoundDone):
        ran |= {(block.variant, task) for block in done.blocks for task in block.tasks}
    artifacts = {v.name: v.artifacts for v in bundle.spec.variants}
    return {
        (variant, artifacts[variant][task])
        for variant, task in ran
        if task in artifacts.get(variant, {})
    }
