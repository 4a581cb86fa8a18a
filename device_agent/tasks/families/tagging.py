"""Tasks that tag every word of a sentence: UDPOS, PANX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from device_agent.contract.samples import Gold, Prediction, Sample
from device_agent.metrics.chunk_f1 import chunk_f1
from device_agent.tasks.families.completeness import why_unscored
from device_agent.tasks.families.splits import labels_file, table_file
from device_agent.tasks.heads.token_classification import TokenClassification
from device_agent.tasks.protocol import Score
from device_agent.tasks.reading.tagged import read_tagged

Tags = tuple[str, ...]


@dataclass(frozen=True)
class Tagging:
    """A `Task`; scored by seqeval's chunk F1."""

    name: str
    labels: tuple[str, ...]
    languages_xtreme: tuple[str, ...]
    languages_xtreme_r: tuple[str, ...]
    head: TokenClassification = TokenClassification()  # noqa: RUF009 it is frozen
    languages_beyond: tuple[str, ...] = ()
    primary: str = "f1"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `<task>/<split>-<language>.tsv`; splits are train, dev and test.

        Raises:
            DataError: The file is missing or malformed.
        """
        path = table_file(root, self.name, language, split)
        gold_path = labels_file(root, self.name, language, split)
        return read_tagged(path, gold_path, language, self.labels)

    def credit(
        self,
        prediction: Prediction,
        gold: Gold,
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> float:
        """Return the share of the sentence's words with the right tag."""
        tags, wanted = cast("Tags", prediction), cast("Tags", gold)
        return sum(a == b for a, b in zip(tags, wanted, strict=True)) / len(wanted)

    def score(
        self,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> Score:
        """Return f1, precision and recall; unscored without gold or with predictions missing."""
        reason = why_unscored(predictions, gold)
        if reason:
            return Score(unscored=reason)
        wanted = [cast("Tags", tags) for tags in gold.values()]
        found = [cast("Tags", predictions[key]) for key in gold]
        return Score(metrics=asdict(chunk_f1(wanted, found)))
