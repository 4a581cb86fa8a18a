"""Turn the built-in texts into samples of any head: golden inputs when the caller has no data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import (
    ChoiceInput,
    Input,
    PairInput,
    QuestionInput,
    SentenceInput,
    TokensInput,
)
from device_agent.tasks.heads.multiple_choice import MultipleChoice
from device_agent.tasks.heads.question_answering import QuestionAnswering
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.heads.sequence_classification import SequenceClassification
from device_agent.tasks.heads.token_classification import TokenClassification
from device_agent.tasks.protocol import Head, Row
from export.probe_texts import TEXTS, UNSPACED

_MAX_TOKENS = 128

_HEADS: Mapping[HeadName, Callable[[int], Head]] = {
    "sequence-classification": SequenceClassification,
    "multiple-choice": MultipleChoice,
    "token-classification": TokenClassification,
    "question-answering": lambda tokens: QuestionAnswering(
        max_tokens=tokens, max_question_tokens=tokens // 2
    ),
    "sentence-embedding": SentenceRetrieval,
}


def samples(
    head: HeadName,
    tokenizer: Tokenizer,
    max_tokens: int,
    texts: Mapping[str, Sequence[str]] = TEXTS,
) -> dict[str, list[tuple[Row, ...]]]:
    """Return language to samples, each the rows of one input.

    Args:
        head: The form of the inputs.
        tokenizer: The checkpoint's.
        max_tokens: Longest input of the model; longer texts are cut as the head cuts them.
        texts: Language to four texts, words apart by spaces, the last one a question.
    """
    encoder = _HEADS[head](min(_MAX_TOKENS, max_tokens))
    return {
        language: [
            tuple(encoder.encode(tokenizer, sample_input))
            for sample_input in _inputs(head, four, "" if language in UNSPACED else " ")
        ]
        for language, four in texts.items()
    }


def _inputs(head: HeadName, segmented: Sequence[str], joint: str) -> list[Input]:
    """Form the inputs of one language: four for most heads, three or two for the longer ones."""
    texts = [joint.join(text.split(" ")) for text in segmented]
    first, second, third, question = texts
    if head == "sequence-classification":
        return [PairInput(first=a, second=b) for a, b in pairwise([*texts, first])]
    if head == "multiple-choice":
        return [
            ChoiceInput(prompt=question, choices=(first, second)),
            ChoiceInput(prompt=first, choices=(second, third)),
            ChoiceInput(prompt=second, choices=(third, first)),
        ]
    if head == "token-classification":
        return [TokensInput(tokens=tuple(text.split(" "))) for text in segmented]
    if head == "question-answering":
        return [
            QuestionInput(question=question, context=joint.join((first, second, third))),
            QuestionInput(question=question, context=joint.join((third, first))),
        ]
    return [SentenceInput(role="query", text=text) for text in texts]
