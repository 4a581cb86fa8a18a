"""Where a study's artifacts, data, runs, bundles and reports lie on the host."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RESULTS = "results"
"""The folder that workspaces lie in, unless the user names another place."""


@dataclass(frozen=True)
class Workspace:
    """The folder of one study; pure, touches no disk.

    Attributes:
        root: By default `results/<study>` beside the study file.
    """

    root: Path

    @classmethod
    def beside(cls, study_file: Path, study: str) -> Workspace:
        """Return the default workspace of a study file."""
        return cls(study_file.absolute().parent / RESULTS / study)

    @property
    def artifacts(self) -> Path:
        """Exported artifacts: `<variant>/<checkpoint role>/`."""
        return self.root / "artifacts"

    @property
    def data(self) -> Path:
        """Packed datasets, named by digest."""
        return self.root / "data"

    def run(self, run_id: str) -> Path:
        """Return the folder of one run: its spec, its target, and the events received so far."""
        return self.root / "runs" / run_id

    def bundle(self, run_id: str) -> Path:
        """Return the folder of one collected bundle."""
        return self.root / "bundles" / run_id

    @property
    def bundles(self) -> Path:
        """All collected bundles."""
        return self.root / "bundles"

    @property
    def report(self) -> Path:
        """The report page."""
        return self.root / "report.html"
