"""Learns to find answers: a window's targets are the answer's first and last token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from device_agent.tasks.heads.question_answering import Window
from device_agent.tasks.protocol import Head
from training.examples import Example, Span
from training.heads.protocol import Features


@dataclass(frozen=True)
class QuestionAnsweringLearner:
    """A `Learner`."""

    model_class: str = "AutoModelForQuestionAnswering"

    def features(
        self,
        head: Head,
        tokenizer: Tokenizer,
        example: Example,
        labels: Sequence[str],  # noqa: ARG002 the protocol's signature
    ) -> list[Features]:
        """Return an item a window: `start_positions` and `end_positions`.

        A window without the whole answer points at the first token, as XTREME's SQuAD code does
        (`squad_convert_example_to_features`), and so does every window of a question that its
        context does not answer.
        """
        assert isinstance(example.target, Span)
        items = []
        for row in head.encode(tokenizer, example.input):
            first, last = _positions(row.context, example.target)
            items.append(
                {
                    "input_ids": row.input_ids[0].tolist(),
                    "start_positions": first,
                    "end_positions": last,
                }
            )
        return items

    def padding(self) -> dict[str, int]:
        """Return nothing: positions are single numbers."""
        return {}


def _positions(window: Window, span: Span) -> tuple[int, int]:
    """Return the tokens that hold the span's first and last character; (0, 0) without both."""
    if span.start == span.end:
        return 0, 0
    begins, ends = window.offsets[:, 0], window.offsets[:, 1]
    first = np.flatnonzero(window.in_context & (begins <= span.start) & (span.start < ends))
    last = np.flatnonzero(window.in_context & (begins < span.end) & (span.end <= ends))
    return (int(first[0]), int(last[-1])) if len(first) and len(last) else (0, 0)


LEARNER = QuestionAnsweringLearner()
