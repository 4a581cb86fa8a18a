"""Verifies a bundle: seal, files, completeness, and every number computed again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import SampleDone
from host.analysis.bundle import Bundle, decode_bundle
from host.analysis.checks import CHECKS, RUN_AGAIN, digests
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
                {"file": f.file, "message": f.message, "remedy": f.remedy} for f in self.failures
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
    failures = [failure for check in CHECKS for failure in check(bundle)]
    failures += digests(bundle, sealed.contents.get)
    numbers, wrong = recompute(bundle)
    failures += [Failure(JOURNAL_NAME, text, RUN_AGAIN) for text in wrong]
    counted = replace(
        found,
        events=len(bundle.events),
        samples=sum(1 for _ in bundle.bodies(SampleDone)),
        numbers=numbers,
        failures=tuple(failures),
    )
    return counted, bundle
