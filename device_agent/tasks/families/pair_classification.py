"""Tasks that label a pair of sentences: XNLI, PAWS-X."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.samples import Sample
from device_agent.tasks.families.scored_by_accuracy import ScoredByAccuracy
from device_agent.tasks.families.splits import labels_file, table_file
from device_agent.tasks.heads.sequence_classification import SequenceClassification
from device_agent.tasks.reading.pairs import read_pairs


@dataclass(frozen=True)
class PairClassification(ScoredByAccuracy):
    """A `Task`; scored by accuracy on the label strings."""

    name: str
    labels: tuple[str, ...]
    languages_xtreme: tuple[str, ...]
    languages_xtreme_r: tuple[str, ...]
    head: SequenceClassification = SequenceClassification()  # noqa: RUF009 it is frozen
    languages_beyond: tuple[str, ...] = ()
    primary: str = "accuracy"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `<task>/<split>-<language>.tsv`; splits are train, dev and test.

        Raises:
            DataError: The file is missing or malformed.
        """
        path = table_file(root, self.name, language, split)
        return read_pairs(
            path, labels_file(root, self.name, language, split), self.labels, language
        )
