"""What a task and a head are; every file in this folder is one task, named as upstream names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Gold, Input, Prediction, Sample

Outputs = Mapping[str, npt.NDArray[np.float32]]
"""Output name to array with a leading batch axis of 1."""


@dataclass(frozen=True)
class Row:
    """One forward pass: a sample yields one row or several (choices, windows), each at batch 1.

    Attributes:
        input_ids: int64 [1, tokens], special tokens included, unpadded.
        token_type_ids: int64 [1, tokens]; a runtime drops it where the model has no such input.
        context: What the head needs to decode this row's outputs (offsets, word starts, …).
    """

    input_ids: npt.NDArray[np.int64]
    token_type_ids: npt.NDArray[np.int64]
    context: Any = None


class Head(Protocol):
    """Turns inputs into rows and outputs into predictions, for all tasks of one form."""

    @property
    def name(self) -> HeadName:
        """The kind of artifact that this head needs."""

    @property
    def max_tokens(self) -> int:
        """The longest row that the benchmark allows, special tokens included."""

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Tokenise one input into the rows to run."""

    def decode(
        self,
        sample_input: Input,
        rows: Sequence[Row],
        outputs: Sequence[Outputs],
        labels: Sequence[str],
    ) -> Prediction | npt.NDArray[np.float32]:
        """Turn the rows' outputs into the prediction; retrieval returns float32 [hidden]."""


def fit(head: Head, max_tokens: int) -> Head:
    """Return the head with rows no longer than the model's position embeddings allow.

    Args:
        head: A task's head, a frozen dataclass.
        max_tokens: The artifact's limit; larger than the benchmark's it changes nothing.
    """
    if max_tokens >= head.max_tokens:
        return head
    return cast("Head", replace(cast("Any", head), max_tokens=max_tokens))


@dataclass(frozen=True)
class Score:
    """A task's score in one language, in percent; `metrics` has the official names."""

    metrics: dict[str, float] = field(default_factory=dict)
    unscored: str | None = None


class Task(Protocol):
    """One task of the benchmark.

    Attributes (as properties or fields):
        name: Upstream's name, equal to the file's.
        head: How its samples are encoded and decoded.
        languages_xtreme: Languages in XTREME; empty where XTREME lacks the task.
        languages_xtreme_r: Languages in XTREME-R; empty where it lacks the task.
        languages_beyond: Languages that no suite counts; run only where a study names them.
        primary: The metric that averages use.
        labels: Class names in the official order; empty where there are none.
    """

    @property
    def name(self) -> str: ...
    @property
    def head(self) -> Head: ...
    @property
    def languages_xtreme(self) -> tuple[str, ...]: ...
    @property
    def languages_xtreme_r(self) -> tuple[str, ...]: ...
    @property
    def languages_beyond(self) -> tuple[str, ...]: ...
    @property
    def primary(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...

    def read(self, root: Path, language: str, split: str = "test") -> list[Sample]:
        """Read one language from the official download layout below `root`.

        Gold comes from `labels/<task>/test-<language>.*` or, where a file has it, from the file.

        Raises:
            DataError: The file is missing or malformed: which one, which line, what was expected.
        """

    def credit(self, prediction: Prediction, gold: Gold, language: str) -> float:
        """Return one sample's share of the score, 0 to 1, for live display and paired tests."""

    def score(
        self, predictions: Mapping[str, Prediction], gold: Mapping[str, Gold], language: str
    ) -> Score:
        """Score one language as the benchmark does; keys are sample ids, in reading order.

        A gold sample without a prediction counts as the official script counts it (QA: 0).
        """


@dataclass(frozen=True)
class Embedded:
    """One side of a retrieval task, embedded.

    Attributes:
        ids: Sample ids.
        vectors: float32 or float16 [len(ids), hidden]; may be mapped from disk and larger than
            memory, so read it block by block.
        same_as: Of each row whose text is not the only one of its kind, the id of the first row
            with that text.
    """

    ids: Sequence[str]
    vectors: npt.NDArray[np.floating[Any]]
    same_as: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tuning:
    """The development set that a mining threshold is fitted on."""

    queries: Embedded
    candidates: Embedded
    gold: Mapping[str, Gold]


@dataclass(frozen=True)
class Retrieved:
    """What was found.

    Attributes:
        rankings: Candidate ids per query id, best first.
        threshold: Least score of a mined pair, fitted on the development set; None for ranking.
        unscored: Why no score may be made of this; None where one may.
    """

    rankings: dict[str, tuple[str, ...]]
    threshold: float | None = None
    unscored: str | None = None


@runtime_checkable
class RetrievalTask(Task, Protocol):
    """A task whose samples are embedded first and looked up among each other then.

    Attributes (as properties or fields):
        pooled: Whether the candidates of all its languages form one pool.
        pool_language: What `read` calls the candidates that belong to no query's language; None
            where there are none of that kind.
        pooling: How upstream makes one vector of the hidden states.
    """

    @property
    def pooled(self) -> bool: ...
    @property
    def pool_language(self) -> str | None: ...
    @property
    def pooling(self) -> Literal["mean", "pooler"]: ...

    def retrieve(self, queries: Embedded, candidates: Embedded, tuning: Tuning | None) -> Retrieved:
        """Look each query up among the candidates.

        Args:
            queries: Of one language; never empty.
            candidates: Of that language, or of all where the task is `pooled`.
            tuning: The development set; None where the data has none.
        """
