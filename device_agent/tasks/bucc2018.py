"""BUCC 2018: mine the pairs of translations that two large sets of sentences share.

Foreign sentences are the queries, English ones the candidates, and most have no partner. A pair is
mined by its ratio margin; which margin is enough is fitted on the development set. Sentences are
embedded by the mean over all tokens of a middle layer.

Upstream's mining does not run as released (`evaluate_retrieval.py`: the threshold that the test set
should take over is never set, and both splits share one file of candidates); this is what its parts
say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np

from device_agent.contract.samples import Gold, Prediction, Sample, SentenceInput
from device_agent.metrics.mining import Pair, pair_f1
from device_agent.tasks.families.completeness import why_unscored
from device_agent.tasks.families.splits import check_split, labels_file
from device_agent.tasks.heads.mining import fit_threshold, mine
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import Embedded, RetrievalTask, Retrieved, Score, Tuning
from device_agent.tasks.reading.bitext import (
    Partners,
    Sentences,
    first_with_text,
    read_partners,
    read_sentences,
)

Ids = tuple[str, ...]

_TUNING = "dev-"
"""Stands before the ids of the development set, which are those of other sentences in the test."""

_NO_TUNING = (
    "the margin that makes a pair is fitted on the development set, and the data has none with "
    "gold: put <language>-en.dev.<language>, .en and .gold into bucc2018/"
)


@dataclass(frozen=True)
class Bucc2018:
    """A `Task`; scored by the F1 of the mined pairs."""

    name: str = "bucc2018"
    labels: tuple[str, ...] = ()
    languages_xtreme: tuple[str, ...] = ("de", "fr", "ru", "zh")
    languages_xtreme_r: tuple[str, ...] = ()
    languages_beyond: tuple[str, ...] = ()
    head: SentenceRetrieval = SentenceRetrieval()  # noqa: RUF009 it is frozen
    primary: str = "f1"
    pooled: bool = False
    pool_language: str | None = None
    pooling: Literal["mean", "pooler"] = "mean"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `bucc2018/<language>-en.<split>.<language>` as queries, then `….en` as candidates.

        Behind them stands the development set, to fit the threshold on, where its two sides and
        `<language>-en.dev.gold` are all there. For split `dev` it is the very set that is scored
        (as upstream prints it), so it is read twice and its score is too good.

        Ids are the files', with `dev-` before them for fitting. Gold is `()` for a query without a
        partner, so that a pair mined there counts as wrong, and None without a file of gold.

        Raises:
            DataError: A file is missing or malformed, or they do not go together.
        """
        check_split(self.name, split, ("test", "dev"))
        folder = root / self.name
        scored = _read_side_by_side(folder / f"{language}-en.{split}", language)
        gold_path = labels_file(root, self.name, language, split)
        gold_path = gold_path or folder / f"{language}-en.{split}.gold"
        gold = read_partners(gold_path, *scored) if gold_path.exists() else {}
        return [
            *_samples(*scored, gold, tuning=False),
            *_read_tuning(folder / f"{language}-en.dev", language),
        ]

    def retrieve(self, queries: Embedded, candidates: Embedded, tuning: Tuning | None) -> Retrieved:
        """Return the English partner of each foreign sentence, `()` for one without.

        Without a development set that has gold there is no threshold and so no ranking at all.
        """
        wanted = _pairs(tuning.gold) if tuning else set()
        if tuning is None or not wanted:
            return Retrieved(rankings={}, unscored=_NO_TUNING)
        dev = mine(tuning.queries, tuning.candidates)
        rows = zip(dev.queries.tolist(), dev.candidates.tolist(), strict=True)
        pairs = ((tuning.queries.ids[row], tuning.candidates.ids[other]) for row, other in rows)
        right = np.fromiter((pair in wanted for pair in pairs), dtype=np.bool_)
        threshold = fit_threshold(dev.scores, right, len(wanted))

        mined = mine(queries, candidates)
        enough = mined.scores >= threshold
        rankings: dict[str, Ids] = dict.fromkeys(queries.ids, ())
        rows = zip(mined.queries[enough].tolist(), mined.candidates[enough].tolist(), strict=True)
        rankings.update({queries.ids[row]: (candidates.ids[other],) for row, other in rows})
        return Retrieved(rankings=rankings, threshold=threshold)

    def credit(
        self,
        prediction: Prediction,
        gold: Gold,
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> float:
        """Return 1 where the partner was mined, or where there is none and none was, else 0."""
        mined, partners = cast("Ids", prediction), cast("Ids", gold)
        return float(mined[0] in partners) if mined else float(not partners)

    def score(
        self,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> Score:
        """Return F1, precision and recall over the pairs; a query not named has mined nothing.

        Gold and predictions of the development set do not count. Unscored without a gold pair or
        any prediction.
        """
        scored = {key: value for key, value in gold.items() if not key.startswith(_TUNING)}
        wanted = _pairs(scored)
        mined = {key: value for key, value in predictions.items() if key in scored}
        if not scored:
            return Score(unscored=why_unscored(mined, scored))
        if not wanted:
            return Score(unscored=f"none of the {len(scored)} queries has a partner to be mined")
        if not mined:
            return Score(unscored=f"none of the {len(scored)} queries has a prediction")
        return Score(metrics=asdict(pair_f1(wanted, _pairs(mined))))


def _read_side_by_side(stem: Path, language: str) -> tuple[Sentences, Sentences]:
    foreign, english = (
        read_sentences(stem.with_name(f"{stem.name}.{end}")) for end in (language, "en")
    )
    return foreign, english


def _read_tuning(stem: Path, language: str) -> list[Sample]:
    """Read the development set for fitting; nothing where one of its files is not there."""
    files = [stem.with_name(f"{stem.name}.{end}") for end in (language, "en", "gold")]
    if not all(path.exists() for path in files):
        return []
    sides = _read_side_by_side(stem, language)
    return _samples(*sides, read_partners(files[2], *sides), tuning=True)


def _samples(
    queries: Sentences, candidates: Sentences, gold: Partners, *, tuning: bool
) -> list[Sample]:
    prefix = _TUNING if tuning else ""
    samples = []
    sides: tuple[tuple[Literal["query", "candidate"], Sentences, Partners], ...] = (
        ("query", queries, gold),
        ("candidate", candidates, {}),
    )
    for role, sentences, partners in sides:
        twins = first_with_text(sentences)
        for key, text in sentences.items():
            twin = f"{prefix}{twins[key]}" if key in twins else None
            found = partners.get(key)
            samples.append(
                Sample(
                    id=f"{prefix}{key}",
                    input=SentenceInput(role=role, text=text, tuning=tuning, same_as=twin),
                    gold=None if found is None else tuple(f"{prefix}{other}" for other in found),
                )
            )
    return samples


def _pairs(partners: Mapping[str, Gold] | Mapping[str, Prediction]) -> set[Pair]:
    return {(key, other) for key, others in partners.items() for other in cast("Ids", others)}


TASK: RetrievalTask = Bucc2018()
