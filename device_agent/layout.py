"""Where everything lies below the agent's state folder; the host's deploy uses the same names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePosixPath

STATE_VARIABLE = "XTREME_EDGE_STATE"
RELEASE_VARIABLE = "XTREME_EDGE_RELEASE"
"""Set by the launcher: the folder of the release that runs."""
SYSTEM_STATE = PurePosixPath("/var/lib/xtreme-edge")
"""Of an agent that runs as a system service, as a user of its own."""
DEFAULT_STATE = ".local/state/xtreme-edge"
"""Relative to the home folder of the user that the agent runs as."""


@dataclass(frozen=True)
class Layout:
    """Paths below one state folder; pure, touches no disk.

    Attributes:
        root: The state folder.
    """

    root: PurePosixPath

    @property
    def blobs(self) -> PurePosixPath:
        """Content-addressed files: `blobs/ab/abcd…`."""
        return self.root / "blobs"

    def blob(self, digest: str) -> PurePosixPath:
        """Return where the blob of that digest lies once it is whole."""
        return self.blobs / digest[:2] / digest

    @property
    def incoming(self) -> PurePosixPath:
        """Blobs on their way in: `incoming/<digest>.<sender>.part`, continued by offset."""
        return self.root / "incoming"

    def part(self, digest: str, sender: str) -> PurePosixPath:
        """Return where that sender lets the blob of that digest grow: no two write one file."""
        return self.incoming / f"{digest}.{sender}.part"

    @property
    def artifacts(self) -> PurePosixPath:
        """Artifact folders, linked from blobs: `artifacts/<digest of artifact.json>/`."""
        return self.root / "artifacts"

    @property
    def golden(self) -> PurePosixPath:
        """Which artifacts' golden sets have passed here, a file each."""
        return self.root / "golden"

    @property
    def releases(self) -> PurePosixPath:
        """The agent's code, one folder a release."""
        return self.root / "releases"

    @property
    def current(self) -> PurePosixPath:
        """Symlink to the release in force."""
        return self.root / "current"

    @property
    def runs(self) -> PurePosixPath:
        """One folder a run: spec, journal, bundle."""
        return self.root / "runs"

    @property
    def signing_key(self) -> PurePosixPath:
        """The device's secret key, which signs bundles; only the agent's user reads it."""
        return self.root / "signing.key"

    @property
    def signing_public_key(self) -> PurePosixPath:
        """Its public half, for everybody."""
        return self.root / "signing.pub"

    @property
    def lock(self) -> PurePosixPath:
        """Locked by the daemon while it serves; holds its process id, and its release."""
        return self.root / "agent.lock"

    @property
    def log(self) -> PurePosixPath:
        """The daemon's log, where no service manager takes it."""
        return self.root / "agent.log"


def default_state() -> PurePosixPath:
    """Return `$XTREME_EDGE_STATE`, else the default below the home folder."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return PurePosixPath(named)
    return PurePosixPath(os.path.expanduser("~")) / DEFAULT_STATE  # noqa: PTH111
