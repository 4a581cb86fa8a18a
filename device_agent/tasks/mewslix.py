"""Mewsli-X: find the entity that a mention in a news article means, by entities' descriptions.

A mention is looked up among 1,003,893 entities, which belong to no language: `read` has them under
`mul`. Texts are prepared as upstream does (`utils_mewslix.py`): of an article the mention's own
sentence, the mention in braces and once more in front; of an entity all sentences that its
description is said to have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.families.scored_by_map import MAP_AT_20, ScoredByMap
from device_agent.tasks.families.splits import check_split
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import RetrievalTask
from device_agent.tasks.reading.entities import Entity, stream_entities
from device_agent.tasks.reading.lines import read_bytes, shorten
from device_agent.tasks.reading.mentions import Mention, stream_mentions

POOL_LANGUAGE = "mul"
"""Of many languages, in ISO 639-2."""

_XTREME_R = "ar de en es fa ja pl ro ta tr uk"
_BRACES = re.compile(r"\{(.*?)\}")


@dataclass(frozen=True)
class Mewslix(ScoredByMap):
    """A `RetrievalTask`; scored by mAP@20, with one target a mention the mean reciprocal rank."""

    name: str = "mewslix"
    labels: tuple[str, ...] = ()
    languages_xtreme: tuple[str, ...] = ()
    languages_xtreme_r: tuple[str, ...] = tuple(_XTREME_R.split())
    languages_beyond: tuple[str, ...] = ()
    head: SentenceRetrieval = SentenceRetrieval(max_tokens=64)  # noqa: RUF009 it is frozen
    primary: str = MAP_AT_20
    pooled: bool = True
    pool_language: str | None = POOL_LANGUAGE
    pooling: Literal["mean", "pooler"] = "pooler"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read the mentions of one language, or under `mul` the entities; splits: dev and test.

        Mentions stand in `mewslix/wikinews_mentions/<split>-<language>.jsonl`, or as the official
        script leaves them in `mewslix/wikinews_mentions-<split>.jsonl`, all languages in one file.
        Gold is that of `labels/mewslix/test-<language>.json`, for dev
        `mewslix/wikinews_labels/dev-<language>.json`, or else each mention's own.

        Raises:
            DataError: A file is missing or malformed, an id stands there twice, or gold is for a
                mention that is not there.
        """
        check_split(self.name, split, ("dev", "test"))
        if language == self.pool_language:
            samples = [*stream_candidates(root)]
            _check_ids(_pool_file(root), samples)
            return samples
        path = _mentions_file(root, language, split)
        mentions = [found for found in stream_mentions(path) if found.language == language]
        samples = [_query(mention) for mention in mentions]
        _check_ids(path, samples)
        labels = _labels_file(root, language, split)
        return _with_gold(samples, labels, path) if labels.exists() else samples


def stream_candidates(root: Path) -> Iterator[Sample]:
    """Yield every entity as a candidate, one in memory at a time.

    Raises:
        DataError: The file is missing or malformed.
    """
    path = _pool_file(root)
    if not path.exists():
        raise DataError(
            f"{path}: there is no such file, and {TASK.name} has nothing to look mentions up in.",
            remedy="Get it with scripts/download_mewslix_data.sh of google-research/xtreme, or put "
            "a pool of your own there, JSON Lines with entity_id, description and, if need be, "
            "sentence_spans; its scores are then not comparable with published ones.",
        ) from FileNotFoundError(path)
    for entity in stream_entities(path):
        yield Sample(id=entity.id, input=SentenceInput(role="candidate", text=_description(entity)))


def _query(mention: Mention) -> Sample:
    left, right = (_BRACES.sub(r"(\1)", side) for side in (mention.left, mention.right))
    # The mention in front survives the cut of a long sentence.
    text = _one_line(f"{mention.text}: {left} {{ {mention.text} }} {right}")
    return Sample(
        id=mention.id,
        input=SentenceInput(role="query", text=text),
        gold=None if mention.entity_id is None else (mention.entity_id,),
    )


def _description(entity: Entity) -> str:
    return _one_line(" ".join(entity.sentences))


def _one_line(text: str) -> str:
    """Take out line ends and double spaces, in one pass as upstream: of three spaces two stay."""
    return " ".join(text.splitlines()).replace("  ", " ").strip()


def _with_gold(samples: list[Sample], labels: Path, path: Path) -> list[Sample]:
    """Return the samples with the gold of a labels file, and no other."""
    try:
        gold = msgspec.json.decode(read_bytes(labels), type=dict[str, list[str]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"{labels}: found what does not fit: {error}; expected a JSON object from mention id "
            "to a list of entity ids.",
            remedy="Download the file again.",
        ) from error
    known = {sample.id for sample in samples}
    for key, ids in gold.items():
        if key not in known or not ids:
            found = "gold for" if ids else "no entity id for"
            raise DataError(
                f"{labels}: found {found} {shorten(key)}, expected entity ids for mentions of "
                f"{path}.",
                remedy="Take the labels and the inputs from the same version of the download.",
            )
    # The official scorer takes a list's first entry (`evaluate`), whatever stands behind it.
    targets = {key: (ids[0].strip(),) for key, ids in gold.items()}
    return [
        Sample(id=sample.id, input=sample.input, gold=targets.get(sample.id)) for sample in samples
    ]


def _check_ids(path: Path, samples: list[Sample]) -> None:
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            raise DataError(
                f"{path}: found id {shorten(sample.id)} twice, expected it once.",
                remedy="Download the file again, or take one of the two out.",
            )
        seen.add(sample.id)


def _mentions_file(root: Path, language: str, split: str) -> Path:
    own = root / "mewslix" / "wikinews_mentions" / f"{split}-{language}.jsonl"
    joint = root / "mewslix" / f"wikinews_mentions-{split}.jsonl"
    return joint if joint.exists() and not own.exists() else own


def _labels_file(root: Path, language: str, split: str) -> Path:
    if split == "test":
        return root / "labels" / "mewslix" / f"test-{language}.json"
    return root / "mewslix" / "wikinews_labels" / f"{split}-{language}.json"


def _pool_file(root: Path) -> Path:
    return root / "mewslix" / "candidate_set_entities.jsonl"


TASK: RetrievalTask = Mewslix()
