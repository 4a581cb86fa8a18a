"""Finds the answer to a question as a span of its context: windows in, one text out.

Windows and the choice of the span follow XTREME's SQuAD code (`processors/squad.py`, and
`compute_predictions_logits` in transformers' `squad_metrics.py` without null answers): windows
begin every `stride` tokens of the context; of each, the `best` start and `best` end positions are
paired; a span must lie in the context, start in the window that gives its start the most context,
and be no longer than `max_answer_tokens`; the highest sum of logits wins.

The text is the reference's too (`answer_text`), with whole words where it keeps them; where no span
is valid it is "empty", as there. The reference's list of the best texts is not needed: without
null answers its first entry is always the text of the best span.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Input, QuestionInput
from device_agent.tasks.heads.answer_text import answer_text
from device_agent.tasks.heads.detokenisation import detokenise
from device_agent.tasks.heads.tokenisation import subwords, to_row
from device_agent.tasks.protocol import Outputs, Row

_NO_ANSWER = "empty"
"""What the reference answers where no span is valid."""


@dataclass(frozen=True, eq=False)
class Window:
    """Context of a QA row: how its tokens lie in the original context.

    Attributes:
        offsets: int64 [tokens, 2]: first character and end (exclusive) in the context's text, in
            code points; meaningless outside the context.
        in_context: bool [tokens]: the token belongs to the context, not to question or specials.
        most_context: bool [tokens]: no other window has more context around this token.
        tokenizer: The one that made the tokens; it reads an answer's back as text.
    """

    offsets: npt.NDArray[np.int64]
    in_context: npt.NDArray[np.bool_]
    most_context: npt.NDArray[np.bool_]
    tokenizer: Tokenizer

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and last token position of an answer: the targets of training.

        Args:
            start: The answer's first character in the context.
            end: Its end, exclusive.

        Returns:
            None where this window does not hold the whole answer.
        """
        positions = np.flatnonzero(self.in_context)
        begins, ends = self.offsets[positions].T
        if not len(positions) or begins[0] > start or ends[-1] < end:
            return None
        covered = positions[(ends > start) & (begins < end)]
        return (int(covered[0]), int(covered[-1])) if len(covered) else None


@dataclass(frozen=True)
class QuestionAnswering:
    """Reads outputs `start_logits` and `end_logits`, float32 [1, tokens], of each window.

    Attributes:
        max_tokens: Longest window, question and special tokens included.
        stride: Context tokens from one window's start to the next one's.
        max_question_tokens: The question is cut at its end to this.
        best: How many starts and ends of a window are considered.
        max_answer_tokens: Longest answer.
    """

    max_tokens: int = 384
    stride: int = 128
    max_question_tokens: int = 64
    best: int = 20
    max_answer_tokens: int = 30
    name: HeadName = "question-answering"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return the context's windows, first to last; at least one."""
        assert isinstance(sample_input, QuestionInput)
        question = subwords(tokenizer, sample_input.question)
        question.truncate(self.max_question_tokens)
        context = subwords(tokenizer, sample_input.context)
        special = tokenizer.num_special_tokens_to_add(True)
        room = self.max_tokens - len(question.ids) - special
        step = min(self.stride, room)
        context.truncate(room, stride=room - step)
        # One by one: post_process gives the pair's overflowing windows the wrong type ids.
        parts = [context, *context.overflowing]
        most = _most_context([len(part.ids) for part in parts], step)
        return [
            _window(tokenizer, tokenizer.post_process(question, part), inside)
            for part, inside in zip(parts, most, strict=True)
        ]

    def decode(
        self,
        sample_input: Input,
        rows: Sequence[Row],
        outputs: Sequence[Outputs],
        labels: Sequence[str],  # noqa: ARG002 the protocol's signature
    ) -> str:
        """Return the best answer's text; "empty" where no span is valid."""
        assert isinstance(sample_input, QuestionInput)
        best: tuple[float, Row, int, int] | None = None
        for row, output in zip(rows, outputs, strict=True):
            found = self._best(row.context, output["start_logits"][0], output["end_logits"][0])
            if found and (best is None or found[0] > best[0]):
                best = found[0], row, *found[1:]
        return _text(sample_input, *best[1:]) if best else _NO_ANSWER

    def _best(
        self,
        window: Window,
        start_logits: npt.NDArray[np.float32],
        end_logits: npt.NDArray[np.float32],
    ) -> tuple[float, int, int] | None:
        """Return score, first and last token of the window's best valid span.

        Of equals the first in the order of the best starts, then of the best ends, is taken.
        """
        starts = np.argsort(-start_logits, kind="stable")[: self.best]
        ends = np.argsort(-end_logits, kind="stable")[: self.best]
        lengths = ends[None, :] - starts[:, None] + 1
        valid = (
            window.most_context[starts][:, None]
            & window.in_context[ends][None, :]
            & (lengths >= 1)
            & (lengths <= self.max_answer_tokens)
        )
        pairs = np.flatnonzero(valid)
        if not len(pairs):
            return None
        scores = start_logits[starts].astype(np.float64)[:, None] + end_logits[ends][None, :]
        pair = int(pairs[np.argmax(scores.ravel()[pairs])])
        start, end = divmod(pair, len(ends))
        return float(scores[start, end]), int(starts[start]), int(ends[end])


def _text(asked: QuestionInput, row: Row, first: int, last: int) -> str:
    """Return the text of the tokens from `first` to `last`."""
    window: Window = row.context
    pieces = detokenise(window.tokenizer, row.input_ids[0, first : last + 1].tolist())
    begin, end = window.offsets[[first, last]].tolist()
    return answer_text(asked, begin, end, pieces) or _NO_ANSWER


def _window(tokenizer: Tokenizer, encoding: Encoding, most: npt.NDArray[np.bool_]) -> Row:
    in_context = np.array([part == 1 for part in encoding.sequence_ids], dtype=np.bool_)
    most_context = np.zeros_like(in_context)
    most_context[in_context] = most
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    return to_row(encoding, Window(offsets, in_context, most_context, tokenizer))


def _most_context(lengths: Sequence[int], step: int) -> list[npt.NDArray[np.bool_]]:
    """Return for each window which of its context tokens no other window surrounds better.

    A token's context is the smaller number of tokens to its left and right, plus a hundredth of
    the window's length; of equals the first window has it (`_new_check_is_max_context`).
    """
    begins = np.arange(len(lengths))[:, None] * step
    last = begins + np.array(lengths)[:, None] - 1
    position = np.arange(int(last.max(initial=-1)) + 1)[None, :]
    context = np.minimum(position - begins, last - position)
    scores = np.where(context < 0, -1.0, context + 0.01 * np.array(lengths)[:, None])
    winner = np.argmax(scores, axis=0)
    return [
        winner[index * step : index * step + length] == index
        for index, length in enumerate(lengths)
    ]
