"""A sample of any task: its id, its input in the form its head takes, and its gold."""

from __future__ import annotations

from typing import Literal, TypeAlias

from device_agent.contract.codec import Document


class PairInput(Document, tag="pair"):
    """Two sentences (XNLI: premise and hypothesis; PAWS-X: the two paraphrase candidates)."""

    first: str
    second: str


class ChoiceInput(Document, tag="choice"):
    """A prompt and the alternatives that may follow it (XCOPA, and intermediate tasks alike)."""

    prompt: str
    choices: tuple[str, ...]


class TokensInput(Document, tag="tokens"):
    """The words of one sentence, each of which gets one tag."""

    tokens: tuple[str, ...]


class QuestionInput(Document, tag="question"):
    """A question, and the context whose span answers it."""

    question: str
    context: str


class SentenceInput(Document, tag="sentence", omit_defaults=True):
    """A sentence to embed; queries are looked up among candidates.

    Attributes:
        context: The paragraph that stands after the text as a second part (LAReQA's answers).
        tuning: Of the development set, on which a mining threshold is fitted; never scored.
        same_as: Id of the first sentence of its side with the very same text, itself included;
            None where the text stands there once (BUCC's mining drops the others).
    """

    role: Literal["query", "candidate"]
    text: str
    context: str | None = None
    tuning: bool = False
    same_as: str | None = None

    @property
    def is_scored(self) -> bool:
        """Whether it is a query of the split that is scored."""
        return self.role == "query" and not self.tuning


Input: TypeAlias = PairInput | ChoiceInput | TokensInput | QuestionInput | SentenceInput

Gold: TypeAlias = str | int | tuple[str, ...]
"""Classification: the label. Choice: its index. Tagging: one tag a token. QA: every accepted
answer. Retrieval: the ids of the relevant candidates (queries only)."""

Prediction: TypeAlias = str | int | tuple[str, ...]
"""As `Gold`, but QA predicts one answer, and retrieval the candidate ids, best first."""


class Sample(Document):
    """One item of one task in one language.

    Attributes:
        id: Unique within task and language.
        input: What the model sees.
        gold: None where the data has no gold: such a sample is run, and is unscored.
    """

    id: str
    input: Input
    gold: Gold | None = None

    @property
    def is_scored(self) -> bool:
        """Whether it gets a prediction of its own; what retrieval looks up does not."""
        return not isinstance(self.input, SentenceInput) or self.input.is_scored


class InputRow(Document):
    """One line of a packed dataset's inputs."""

    id: str
    input: Input


class GoldRow(Document):
    """One line of a packed dataset's gold; samples without gold have no line."""

    id: str
    gold: Gold
