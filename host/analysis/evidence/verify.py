"""Verifies a bundle: signature, seal, files, completeness, and every number computed again.

What is computed again: credits and scores from predictions and gold, golden verdicts from their
figures, each round's validity from its conditions. What cannot be: retrieval's rankings, for a
bundle has no vectors (only what the rankings score is computed), and times, tokens and predictions
themselves. Whoever has the device's key can still make those up consistently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import SampleDone
from host.analysis.bundle import Bundle, decode_bundle
from host.analysis.evidence.checks.evidence import check_digests, check_evidence
from host.analysis.evidence.checks.journal import check_journal
from host.analysis.evidence.checks.plan import check_plan
from host.analysis.evidence.checks.rankings import check_rankings
from host.analysis.evidence.checks.rounds import check_rounds
from host.analysis.evidence.checks.samples import check_samples
from host.analysis.evidence.checks.scores import check_scores
from host.analysis.evidence.checks.sessions import check_sessions
from host.analysis.evidence.checks.sustained import check_sustained
from host.analysis.evidence.checks.upkeep import check_upkeep
from host.analysis.evidence.recompute import recompute
from host.analysis.seal.failure import Failure
from host.analysis.seal.integrity import BundleError, read_sealed
from host.analysis.seal.signature import SignedBy, Trust, check_device


@dataclass(frozen=True)
class Verification:
    """What was checked and what is wrong; the bundle is good when nothing is.

    Attributes:
        digest: Digest of the bundle's manifest; None if the seal does not vouch for it.
        files: Files whose digest is the manifest's.
        numbers: Credits and metrics that were computed again.
        signed_by: Whose valid signature it has.
    """

    folder: Path
    run_id: str | None
    digest: str | None
    files: int
    events: int
    samples: int
    numbers: int
    failures: tuple[Failure, ...]
    signed_by: SignedBy | None = None

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
            "signed_by": self.signed_by.to_json() if self.signed_by else None,
            "files": self.files,
            "events": self.events,
            "samples": self.samples,
            "numbers": self.numbers,
            "failures": [
                {"file": f.file, "event": f.seq, "message": f.message, "remedy": f.remedy}
                for f in self.failures
            ],
        }


def verify_bundle(folder: Path, trust: Trust | None = None) -> Verification:
    """Check a bundle from the signature down to the last score.

    The contents are only looked at once every file is what the manifest says.

    Args:
        folder: The bundle's.
        trust: Whose signature counts; None trusts what this user has pinned.

    Raises:
        BundleError: There is no such folder.
        InventoryError: The pinned keys cannot be read.
    """
    return _verify(folder, trust)[0]


def load_verified(folder: Path, trust: Trust | None = None) -> Bundle:
    """Verify a bundle and return it; the arguments are those of `verify_bundle`.

    Raises:
        BundleError: Something is wrong with it; the message lists every failure.
    """
    verification, bundle = _verify(folder, trust)
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


def _verify(folder: Path, trust: Trust | None) -> tuple[Verification, Bundle | None]:
    trust = trust or Trust.of_this_user()
    sealed = read_sealed(folder, trust)
    failures = sealed.failures
    if sealed.manifest is not None:
        failures += check_device(sealed.signed_by, sealed.manifest.run_id, trust)
    found = Verification(
        folder=folder,
        run_id=sealed.manifest.run_id if sealed.manifest else None,
        digest=sealed.digest,
        files=len(sealed.contents),
        events=0,
        samples=0,
        numbers=0,
        failures=failures,
        signed_by=sealed.signed_by,
    )
    if not found.ok:
        return found, None
    try:
        bundle = decode_bundle(sealed)
    except XtremeEdgeError as error:
        name, _, message = error.message.partition(": ")
        failure = Failure(name.split(" line ")[0], message, error.remedy)
        return replace(found, failures=(failure,)), None
    wrong = [*check_plan(bundle), *check_digests(bundle, sealed.contents.get)]
    counted = replace(
        found,
        events=len(bundle.events),
        samples=sum(1 for _ in bundle.bodies(SampleDone)),
        failures=tuple(wrong),
    )
    # What follows looks up in the plan and computes with gold, so these have to hold.
    if wrong:
        return counted, bundle
    numbers, unlike = recompute(bundle)
    wrong = [*_check_contents(bundle), *unlike]
    return replace(counted, numbers=numbers, failures=tuple(wrong)), bundle


def _check_contents(bundle: Bundle) -> Iterator[Failure]:
    yield from check_journal(bundle)
    yield from check_evidence(bundle)
    yield from check_sessions(bundle)
    yield from check_samples(bundle)
    yield from check_rankings(bundle)
    yield from check_scores(bundle)
    yield from check_rounds(bundle)
    yield from check_upkeep(bundle)
    yield from check_sustained(bundle)
