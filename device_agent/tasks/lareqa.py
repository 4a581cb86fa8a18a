"""LAReQA: find the sentences that answer a question, in any language (XQuAD-R).

A question's targets are the sentences that answer it in all languages, eleven where all files are
there, and it is looked up among the sentences of all languages at once. Ids are those of the
benchmark (`utils_lareqa.py`): `<question id>_<language>` for a question,
`<language>_<paragraph from 1>_<sentence from 0>` for a sentence.

Upstream trains on (sentence, paragraph) pairs, but its evaluation joins the two into one text
without a separator (`evaluate_retrieval.py`). Here a candidate is the pair that the model was
trained on, the longer of the two cut first, as transformers' fast tokenizers do; where both are
cut, the slow tokenizers that upstream uses give the odd token to the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from device_agent.contract.samples import Sample, SentenceInput
from device_agent.tasks.families.scored_by_map import MAP_AT_20, ScoredByMap
from device_agent.tasks.families.splits import check_split
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import RetrievalTask
from device_agent.tasks.reading.squad_sentences import Paragraph, read_paragraphs

_XTREME_R = "ar de el en es hi ru th tr vi zh"

Targets = dict[str, list[str]]
"""Question id to candidate ids."""


@dataclass(frozen=True)
class Lareqa(ScoredByMap):
    """A `RetrievalTask`; scored by mAP@20."""

    name: str = "lareqa"
    labels: tuple[str, ...] = ()
    languages_xtreme: tuple[str, ...] = ()
    languages_xtreme_r: tuple[str, ...] = tuple(_XTREME_R.split())
    languages_beyond: tuple[str, ...] = ()
    head: SentenceRetrieval = SentenceRetrieval(  # noqa: RUF009 it is frozen
        max_tokens=256, query_max_tokens=96
    )
    primary: str = MAP_AT_20
    pooled: bool = True
    pool_language: str | None = None
    pooling: Literal["mean", "pooler"] = "pooler"

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read `lareqa/xquad-r/<language>.json`: questions as queries, sentences as candidates.

        A question's gold are the sentences that answer it in every language whose file is there.
        As upstream, a question whose answer starts in no sentence is left out, and so are the
        sentences of a paragraph without any other question.

        Raises:
            DataError: The file, or another language's, is missing or malformed.
        """
        check_split(self.name, split, ("test",))
        paragraphs = read_paragraphs(_file(root, language))
        targets = self._targets(root, language, paragraphs)
        queries = [
            Sample(
                id=f"{asked.id}_{language}",
                input=SentenceInput(role="query", text=asked.question),
                gold=tuple(targets.get(asked.id, ())) or None,
            )
            for paragraph in paragraphs
            for asked in paragraph.questions
            if asked.answered_by != ()
        ]
        return [*queries, *_candidates(language, paragraphs)]

    def _targets(self, root: Path, language: str, paragraphs: Sequence[Paragraph]) -> Targets:
        targets: Targets = {}
        for other in self.languages_xtreme_r:
            path = _file(root, other)
            if other == language:
                found = paragraphs
            elif path.exists():
                found = read_paragraphs(path)
            else:
                continue
            for paragraph in found:
                for asked in paragraph.questions:
                    targets.setdefault(asked.id, []).extend(
                        _candidate_id(other, paragraph, position)
                        for position in asked.answered_by or ()
                    )
        return targets


def _file(root: Path, language: str) -> Path:
    return root / "lareqa" / "xquad-r" / f"{language}.json"


def _candidates(language: str, paragraphs: Sequence[Paragraph]) -> Iterator[Sample]:
    for paragraph in paragraphs:
        if all(asked.answered_by == () for asked in paragraph.questions):
            continue
        for position, sentence in enumerate(paragraph.sentences):
            yield Sample(
                id=_candidate_id(language, paragraph, position),
                input=SentenceInput(role="candidate", text=sentence, context=paragraph.context),
            )


def _candidate_id(language: str, paragraph: Paragraph, position: int) -> str:
    return f"{language}_{paragraph.number}_{position}"


TASK: RetrievalTask = Lareqa()
