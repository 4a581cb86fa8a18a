"""Verifies a bundle: seal, files, completeness, and every number computed again.

What is computed again: credits and scores from predictions and gold, golden verdicts from their
figures, each round's validity from its conditions. What cannot be: retrieval's rankings, for a
bundle has no vectors (only what the rankings score is computed), and times, tokens and predictions
themselves. Whoever can seal can still make those up consistently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import SampleDone
from host.analysis.bundle import Bundle, decode_bundle
from host.analysis.checks.evidence import check_digests, check_evidence
from host.analysis.checks.journal import check_journal
from host.analysis.checks.plan import check_plan
from host.analysis.checks.rankings import check_rankings
from host.analysis.checks.rounds import check_rounds
from host.analysis.checks.samples import check_samples
from host.analysis.checks.scores import check_scores
from host.analysis.checks.sessions import check_sessions
from host.analysis.integrity import BundleError, Failure, read_sealed
from host.analysis.recompute import recompute


@dataclass(frozen=True)
class Verification:
    """What was checked and what is wrong; the bundle is good when nothing is.

    Attributes:
        digest: Digest of the bundle's manifest; None if the seal does not vouch for it.
        files: Files whose digest is the manifest's.
        numbers: Credits and metrics that were computed again.
    """

    folder: Path
    run_id: str | None
    digest: str | None
    files: int
    events: int
    samples: int
    numbers: int
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures

    def require(self) -> None:
        """Do nothing if the bundle is good.

        Raises:
            BundleError: It is not; the message lists every failure.
        """
        if self.failures:
            wrong = "".join(f"\n  {failure}" for failure in self.failures)
            raise BundleError(
                f"{self.folder}: not verified:{wrong}", remedy=self.failures[0].remedy
            )

    def to_json(self) -> dict[str, object]:
        """Return plain values for `host verify --json`."""
        return {
            "bundle": str(self.folder),
            "ok": self.ok,
            "run_id": self.run_id,
            "digest": self.digest,
            "files": self.files,
            "events": self.events,
            "samples": self.samples,
            "numbers": self.numbers,
            "failures": [
                {"file": f.file, "event": f.seq, "message": f.message, "remedy": f.remedy}
                for f in self.failures
            ],
        }


def verify_bundle(folder: Path) -> Verification:
    """Check a bundle from the seal down to the last score.

    The contents are only looked at once every file is what the manifest says.

    Raises:
        BundleError: There is no such folder.
    """
    return _verify(folder)[0]


def load_verified(folder: Path) -> Bundle:
    """Verify a bundle and return it.

    Raises:
        BundleError: Something is wrong with it; the message lists every failure.
    """
    verification, bundle = _verify(folder)
    verification.require()
    assert bundle is not None
    return bundle


def load_runs(folders: Sequence[Path]) -> list[Bundle]:
    """Verify bundles, each of another run, and return them in order.

    Raises:
        BundleError: Something is wrong with one, or two are of one run: it would count twice.
    """
    bundles = [load_verified(folder) for folder in folders]
    seen: dict[str, Path] = {}
    for bundle in bundles:
        # Sealed once more, a run has other facts and so another digest, but the same journal.
        journal = next(e.digest for e in bundle.manifest.files if e.path == JOURNAL_NAME)
        if journal in seen:
            raise BundleError(
                f"{bundle.folder}: is the same run as {seen[journal]}, expected each run once",
                remedy="Name each run once.",
            )
        seen[journal] = bundle.folder
    return bundles


def _verify(folder: Path) -> tuple[Verification, Bundle | None]:
    sealed = read_sealed(folder)
    found = Verification(
        folder=folder,
        run_id=sealed.manifest.run_id if sealed.manifest else None,
        digest=sealed.digest,
        files=len(sealed.contents),
        events=0,
        samples=0,
        numbers=0,
        failures=sealed.failures,
    )
    if not found.ok:
        return found, None
    try:
        bundle = decode_bundle(sealed)
    except XtremeEdgeError as error:
        name, _, message = error.message.partition(": ")
        failure = Failure(name.split(" line ")[0], message, error.remedy)
        return replace(found, failures=(failure,)), None
    failures = [*check_plan(bundle), *check_digests(bundle, sealed.contents.get)]
    counted = replace(
        found,
        events=len(bundle.events),
        samples=sum(1 for _ in bundle.bodies(SampleDone)),
        failures=tuple(failures),
    )
    # What follows looks up in the plan and computes with gold, so these have to hold.
    if failures:
        return counted, bundle
    numbers, wrong = recompute(bundle)
    failures = [*_check_contents(bundle), *wrong]
    return replace(counted, numbers=numbers, failures=tuple(failures)), bundle


def _check_contents(bundle: Bundle) -> Iterator[Failure]:
    yield from check_journal(bundle)
    yield from check_evidence(bundle)
    yield from check_sessions(bundle)
    yield from check_samples(bundle)
    yield from check_rankings(bundle)
    yield from check_scores(bundle)
    yield from check_rounds(bundle)
