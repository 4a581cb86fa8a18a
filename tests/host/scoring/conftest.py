"""Prediction files and label files side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from host.scoring.benchmark import SuiteName
from host.scoring.forms.compared import Compare, Compared
from host.scoring.result import SuiteResult
from host.scoring.score import score_submission

Content = str | bytes
RunCompare = Callable[..., Compared]


@pytest.fixture
def compare(tmp_path: Path) -> RunCompare:
    """Write the two files, `predictions` and `labels`, and compare them."""

    def run(
        function: Compare, predictions: Content, labels: Content, classes: tuple[str, ...] = ()
    ) -> Compared:
        paths = tmp_path / "predictions", tmp_path / "labels"
        for path, content in zip(paths, (predictions, labels), strict=True):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return function(*paths, classes)

    return run


@dataclass(frozen=True)
class Folders:
    """A folder of predictions and one of labels."""

    predictions: Path
    labels: Path

    def write(
        self, file: str, *, predictions: Content | None = None, labels: Content | None = None
    ) -> None:
        """Write `<task>/test-<language>.<extension>` on either side."""
        for root, content in ((self.predictions, predictions), (self.labels, labels)):
            if content is not None:
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                data = content.encode() if isinstance(content, str) else content
                (root / file).write_bytes(data)

    def score(self, suite: SuiteName = "xtreme-r") -> SuiteResult:
        return score_submission(self.predictions, self.labels, suite)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Both empty."""
    made = Folders(tmp_path / "submission", tmp_path / "gold")
    made.predictions.mkdir()
    made.labels.mkdir()
    return made
