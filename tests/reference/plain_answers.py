"""Extractive question answering in the usual transformers way, by loops over lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers.data.metrics.squad_metrics import get_final_text
from transformers.data.processors.squad import SquadExample

MAX_TOKENS = 384
STRIDE = 128
MAX_QUESTION_TOKENS = 64
BEST = 20
MAX_ANSWER_TOKENS = 30


@dataclass(frozen=True)
class Window:
    """One feature: ids, and for each token of the context its characters there, else None."""

    input_ids: list[int]
    token_type_ids: list[int]
    offsets: list[tuple[int, int] | None]
    first: int
    """Where in the context, in tokens, this window begins."""

    @property
    def context_positions(self) -> list[int]:
        return [index for index, offset in enumerate(self.offsets) if offset is not None]


@dataclass(frozen=True)
class Answer:
    """The best span as window and tokens, and the logits that chose it."""

    window: Window
    start: int
    end: int
    start_logit: float
    end_logit: float


def windows(tokenizer: Any, question: str, context: str) -> list[Window]:
    """Tokenise by transformers' own overflow; a window starts every `STRIDE` context tokens."""
    asked = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
    size = len(asked["input_ids"])
    if size > MAX_QUESTION_TOKENS:
        size = MAX_QUESTION_TOKENS
        question = question[: asked["offset_mapping"][size - 1][1]]
    room = MAX_TOKENS - size - tokenizer.num_special_tokens_to_add(pair=True)
    found = tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=MAX_TOKENS,
        stride=room - STRIDE,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    return [
        Window(
            input_ids=ids,
            token_type_ids=found["token_type_ids"][number],
            offsets=[
                pair if part == 1 else None
                for pair, part in zip(
                    found["offset_mapping"][number], found.sequence_ids(number), strict=True
                )
            ],
            first=number * STRIDE,
        )
        for number, ids in enumerate(found["input_ids"])
    ]


def logits(model: Any, window: Window) -> tuple[list[float], list[float]]:
    """Run one window at batch 1 in fp32."""
    inputs = {"input_ids": torch.tensor([window.input_ids])}
    if model.config.type_vocab_size > 1:
        inputs["token_type_ids"] = torch.tensor([window.token_type_ids])
    with torch.inference_mode():
        found = model(**inputs)
    return found.start_logits[0].tolist(), found.end_logits[0].tolist()


def answer(parts: list[Window], outputs: list[tuple[list[float], list[float]]]) -> Answer:
    """Pair the best starts and ends of every window and take the highest sum of logits."""
    best: Answer | None = None
    for number, (window, (starts, ends)) in enumerate(zip(parts, outputs, strict=True)):
        for start in _highest(starts):
            for end in _highest(ends):
                if window.offsets[start] is None or window.offsets[end] is None:
                    continue
                if end < start or end - start + 1 > MAX_ANSWER_TOKENS:
                    continue
                if not _has_most_context(parts, number, start):
                    continue
                score = starts[start] + ends[end]
                if best is None or score > best.start_logit + best.end_logit:
                    best = Answer(window, start, end, starts[start], ends[end])
    assert best
    return best


def text(tokenizer: Any, found: Answer, context: str, language: str) -> str:
    """Make the text from the words of `SquadExample` by transformers' `get_final_text`."""
    ids = found.window.input_ids[found.start : found.end + 1]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    if tokenizer.cls_token == "[CLS]":
        joined = " ".join(tokens).replace(" ##", "")
    else:
        joined = "".join(tokens).replace("▁", " ")
    pieces = " ".join(joined.split())
    if language == "zh" and tokenizer.cls_token != "[CLS]":
        return pieces
    example = SquadExample("q", "", context, None, None, "")
    offsets = found.window.offsets[found.start], found.window.offsets[found.end]
    first, last = (example.char_to_word_offset[pair[0]] for pair in offsets if pair)
    words = " ".join(example.doc_tokens[first : last + 1])
    return str(get_final_text(pieces, words, do_lower_case=False))


def _highest(values: list[float]) -> list[int]:
    return sorted(range(len(values)), key=lambda index: values[index], reverse=True)[:BEST]


def _has_most_context(parts: list[Window], number: int, position: int) -> bool:
    """Tell whether no other window surrounds this token of the context by more tokens."""
    place = parts[number].first + position - parts[number].context_positions[0]
    scores = []
    for window in parts:
        length = len(window.context_positions)
        left, right = place - window.first, window.first + length - 1 - place
        scores.append(min(left, right) + 0.01 * length if left >= 0 and right >= 0 else -1.0)
    return scores.index(max(scores)) == number
