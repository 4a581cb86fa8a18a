"""Tatoeba: find each English sentence's translation among the foreign ones.

The direction is XTREME's: English rows are the queries, foreign rows the candidates; the other way
round gives another number. Sentences are embedded by the mean over all tokens of a middle layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from device_agent.contract.samples import Gold, Prediction, Sample, SentenceInput
from device_agent.metrics.retrieval import is_found, top_one_accuracy
from device_agent.tasks.families.completeness import why_unscored
from device_agent.tasks.families.splits import check_split, labels_file
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval, rank
from device_agent.tasks.protocol import Embedded, RetrievalTask, Retrieved, Score, Tuning
from device_agent.tasks.reading.lines import malformed, read_lines, shorten, unequal

_XTREME = (
    "af ar bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr nl pt ru sw ta te th "
    "tl tr ur vi zh"
)
_ADDED_BY_XTREME_R = "az lt pl ro uk"

Ids = tuple[str, ...]

_DEPTH = 20
"""Candidates kept a query: the first decides, the rest shows how near it was."""


@dataclass(frozen=True)
class Tatoeba:
    """A `Task`; scored by the accuracy of the nearest neighbour."""

    name: str = "tatoeba"
    labels: tuple[str, ...] = ()
    languages_xtreme: tuple[str, ...] = tuple(_XTREME.split())
    languages_xtreme_r: tuple[str, ...] = tuple(
        sorted([*_XTREME.split(), *_ADDED_BY_XTREME_R.split()])
    )
    languages_beyond: tuple[str, ...] = ()
    head: SentenceRetrieval = SentenceRetrieval()  # noqa: RUF009 it is frozen
    primary: str = "accuracy"
    pooled: bool = False
    pool_language: str | None = None
    pooling: Literal["mean", "pooler"] = "mean"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `tatoeba/<language>-en.en` as queries, then `….<language>` as candidates.

        Ids are `en-<0-based row>` and `<language>-<0-based row>`; `labels/` holds the foreign row
        of each English one, and without it no query has gold.

        Raises:
            DataError: A file is missing or malformed, or they do not go together.
        """
        check_split(self.name, split, ("test",))
        path = root / self.name / f"{language}-en.en"
        english = read_lines(path)
        foreign = read_lines(path.with_suffix(f".{language}"))
        gold_path = labels_file(root, self.name, language, split)
        rows: list[int | None] = [None] * len(english)
        if gold_path and gold_path.exists():
            rows = [*_rows(gold_path, len(foreign))]
            if len(rows) != len(english):
                raise unequal(gold_path, len(rows), path, len(english), "rows")
        queries = [
            Sample(
                id=f"en-{number}",
                input=SentenceInput(role="query", text=text.strip()),
                gold=None if row is None else (f"{language}-{row}",),
            )
            for number, (text, row) in enumerate(zip(english, rows, strict=True))
        ]
        candidates = [
            Sample(
                id=f"{language}-{number}",
                input=SentenceInput(role="candidate", text=text.strip()),
            )
            for number, text in enumerate(foreign)
        ]
        return queries + candidates

    def retrieve(
        self,
        queries: Embedded,
        candidates: Embedded,
        tuning: Tuning | None,  # noqa: ARG002 the protocol's signature
    ) -> Retrieved:
        """Rank the foreign sentences for each English one by cosine."""
        ranked = rank(queries.vectors, candidates.vectors, candidates.ids, top_k=_DEPTH)
        return Retrieved(rankings=dict(zip(queries.ids, ranked, strict=True)))

    def credit(
        self,
        prediction: Prediction,
        gold: Gold,
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> float:
        """Return 1 where the best-ranked candidate is the translation, else 0."""
        return float(is_found(cast("Ids", prediction), cast("Ids", gold)))

    def score(
        self,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> Score:
        """Return the accuracy; unscored without gold or where a ranking is missing."""
        reason = why_unscored(predictions, gold)
        if reason:
            return Score(unscored=reason)
        wanted, found = cast("Mapping[str, Ids]", gold), cast("Mapping[str, Ids]", predictions)
        return Score(metrics={"accuracy": top_one_accuracy(wanted, found)})


def _rows(path: Path, count: int) -> list[int]:
    """Return the foreign row of each English one."""
    rows = []
    for number, line in enumerate(read_lines(path), start=1):
        text = line.strip()
        # Python refuses to read thousands of digits as a number.
        short = len(text) <= len(str(count))
        if not (short and text.isascii() and text.isdigit() and int(text) < count):
            raise malformed(path, number, shorten(text), f"a row number from 0 to {count - 1}")
        rows.append(int(text))
    return rows


TASK: RetrievalTask = Tatoeba()
