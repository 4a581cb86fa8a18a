"""From facts and wishes to an ordered list of steps: pure, so that `--dry-run` tells the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from host.deploy.content import Blob
from host.deploy.facts import Facts
from host.deploy.present import Present
from host.deploy.release import Release
from host.deploy.ship import bytes_to_send, check_room
from host.deploy.unit import SERVICE_USER, UNIT_NAME


@dataclass(frozen=True)
class Send:
    """Ship the blobs that are not there; `size_bytes` of them are still to go."""

    blobs: tuple[Blob, ...]
    size_bytes: int

    def __str__(self) -> str:
        return f"send {len(self.blobs)} blobs, {self.size_bytes / 1e6:.1f} MB"


@dataclass(frozen=True)
class MakeRelease:
    """Unpack or install the agent's code beside the releases that are there."""

    release: Release

    def __str__(self) -> str:
        how = "an environment made offline from" if self.release.wheelhouse else "the packages of"
        made = f"make release {self.release.id} with {how} {self.release.python}"
        return ", and ".join([made, *self.release.engines])


@dataclass(frozen=True)
class Activate:
    """Stop the daemon, switch, start, check health; on failure go back to `previous`.

    Attributes:
        is_in_force: The state folder points to the release already; it only has to be started.
        golden: Digests of the artifacts whose golden set must pass before the release counts.
    """

    release: str
    previous: str | None
    is_in_force: bool
    golden: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.is_in_force:
            told = f"start {self.release}"
        else:
            told = f"switch from {self.previous or 'nothing'} to {self.release}"
            told += " and restart the agent"
        return told + _golden_sets(self.golden)


@dataclass(frozen=True)
class CheckHealth:
    """The release is in force and serving; make sure that it is well, or activate it again."""

    release: str
    previous: str | None
    golden: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = f"check that {self.release}, already in force, is well"
        return told + _golden_sets(self.golden)


def _golden_sets(artifacts: tuple[str, ...]) -> str:
    if not artifacts:
        return ""
    return f"; check {len(artifacts)} golden set{'s' * (len(artifacts) > 1)} on the device"


@dataclass(frozen=True)
class Prune:
    """Remove releases that neither are in force nor would be rolled back to."""

    releases: tuple[str, ...]

    def __str__(self) -> str:
        return f"remove old releases: {', '.join(self.releases)}"


_AS = {
    "system": f"as a system service ({UNIT_NAME}, user {SERVICE_USER})",
    "user": f"as a service of the login user ({UNIT_NAME})",
    "process": "as a plain process, which does not start again after a reboot",
}

Step: TypeAlias = Send | MakeRelease | Activate | CheckHealth | Prune


@dataclass(frozen=True)
class Plan:
    """What a deploy will do, in order.

    Attributes:
        content: Everything that must be on the device, sent or not.
        reused_blobs: Of these, how many are there already.
        reason: Why the agent runs as what it does.
    """

    release: Release
    previous: str | None
    content: tuple[Blob, ...]
    steps: tuple[Step, ...]
    reused_blobs: int
    reason: str = ""

    @property
    def service(self) -> str:
        """As what the agent runs."""
        return self.release.unit.scope if self.release.unit else "process"

    def describe(self) -> str:
        """Return one line per step, for `--dry-run`."""
        lines = [f"{number}. {step}" for number, step in enumerate(self.steps, start=1)]
        service = f"the agent runs {_AS[self.service]}"
        if self.reason:
            service += f": {self.reason}"
        reused = f"({self.reused_blobs} blobs are on the device already)"
        return "\n".join([service, *lines, reused])


def make_plan(
    facts: Facts, found: Present, release: Release, content: Sequence[Blob], reason: str = ""
) -> Plan:
    """Decide what is to be done; nothing is asked or changed.

    Raises:
        DeviceError: It does not fit on the device's disk.
    """
    wanted = {blob.digest: blob for blob in (*release.blobs, *content)}
    missing = tuple(blob for blob in wanted.values() if blob.digest not in found.whole)
    is_made = release.id in facts.releases
    check_room(missing, found, also_bytes=0 if is_made else release.unpacked_bytes)
    previous = previous_release(facts, release.id)
    steps: list[Step] = []
    if missing:
        steps.append(Send(missing, bytes_to_send(missing, found)))
    if not is_made:
        steps.append(MakeRelease(release))
    golden = tuple(blob.digest for blob in wanted.values() if blob.manifest is not None)
    if facts.current == release.id == facts.serving:
        steps.append(CheckHealth(release.id, previous, golden))
    else:
        in_force = facts.current == release.id
        steps.append(Activate(release.id, previous, is_in_force=in_force, golden=golden))
    kept = {release.id, previous}
    if old := tuple(name for name in facts.releases if name not in kept):
        steps.append(Prune(old))
    return Plan(
        release=release,
        previous=previous,
        content=tuple(wanted.values()),
        steps=tuple(steps),
        reused_blobs=len(wanted) - len(missing),
        reason=reason,
    )


def coming_bytes(facts: Facts, found: Present, release: Release, content: Sequence[Blob]) -> int:
    """Return what the plan will add to the device's disk."""
    wanted = {blob.digest: blob for blob in (*release.blobs, *content)}
    missing = [blob for blob in wanted.values() if blob.digest not in found.whole]
    unpacked = 0 if release.id in facts.releases else release.unpacked_bytes
    return bytes_to_send(missing, found) + unpacked


def previous_release(facts: Facts, release: str) -> str | None:
    """Return what to go back to: the release in force, else the newest other one."""
    if facts.current not in (None, release) and facts.current in facts.releases:
        return facts.current
    return next((name for name in facts.releases if name != release), None)
