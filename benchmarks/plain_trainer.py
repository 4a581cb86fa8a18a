"""Fine-tuning as a script of one's own would do it, with transformers and nothing of ours.

Token classification as with `run_ner.py`: words split into pieces, labels on first pieces by
`word_ids`, what is over the limit cut off. Question answering as with `run_qa.py`: overlapping
windows by `return_overflowing_tokens`, answers found by their offsets, the best span of n-best
starts and ends. Default collators, default Trainer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    default_data_collator,
    set_seed,
)
from transformers.trainer_callback import PrinterCallback

_IGNORED = -100
_BEST = 20
_LONGEST_ANSWER = 30
_STRIDE = 128


Tagged = tuple[Sequence[str], Sequence[str]]
"""Words, and a tag each."""


@dataclass(frozen=True)
class Settings:
    """What both ways of training share."""

    learning_rate: float
    batch_size: int
    max_steps: int
    warmup_share: float
    weight_decay: float
    seed: int


@dataclass(frozen=True)
class Question:
    """One of SQuAD's form; `start` is the answer's first character in the context."""

    question: str
    context: str
    answer: str
    start: int


class Tagger:
    """A token classifier."""

    def __init__(self, base: Path, labels: Sequence[str], max_tokens: int = 128) -> None:
        self._base, self._labels, self._max_tokens = base, list(labels), max_tokens
        self._tokenizer = AutoTokenizer.from_pretrained(base)

    def train(self, sentences: Sequence[Tagged], output: Path, settings: Settings) -> None:
        set_seed(settings.seed)
        self._model = AutoModelForTokenClassification.from_pretrained(
            self._base,
            id2label=dict(enumerate(self._labels)),
            label2id={label: number for number, label in enumerate(self._labels)},
        )
        collator = DataCollatorForTokenClassification(self._tokenizer)
        _fit(self._model, self.items(sentences), collator, settings)
        _save(self._model, self._tokenizer, output)

    def items(self, sentences: Sequence[Tagged]) -> list[dict[str, Any]]:
        number_of = {label: number for number, label in enumerate(self._labels)}
        items = []
        for words, tags in sentences:
            encoded = self._encode(words)
            labels, before = [], None
            for word in encoded.word_ids():
                first = word is not None and word != before
                labels.append(number_of[tags[word]] if first else _IGNORED)
                before = word
            items.append({"input_ids": encoded["input_ids"], "labels": labels})
        return items

    def predict(self, sentences: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """Return the tags; a word that was cut off has the last class, as good as any."""
        found = []
        for words in sentences:
            encoded = self._encode(words)
            with torch.no_grad():
                logits = self._model(input_ids=torch.tensor([encoded["input_ids"]])).logits[0]
            tags, best = [self._labels[-1]] * len(words), logits.argmax(-1).tolist()
            for position, word in reversed(list(enumerate(encoded.word_ids()))):
                if word is not None:
                    tags[word] = self._labels[best[position]]
            found.append(tuple(tags))
        return found

    def _encode(self, words: Sequence[str]) -> Any:
        return self._tokenizer(
            list(words), is_split_into_words=True, truncation=True, max_length=self._max_tokens
        )


class Reader:
    """A question answerer."""

    def __init__(self, base: Path, max_tokens: int = 384) -> None:
        self._base = base
        self._tokenizer = AutoTokenizer.from_pretrained(base)
        self._max_tokens = min(max_tokens, self._tokenizer.model_max_length)

    def train(self, questions: Sequence[Question], output: Path, settings: Settings) -> None:
        set_seed(settings.seed)
        self._model = AutoModelForQuestionAnswering.from_pretrained(self._base)
        _fit(self._model, self.items(questions), default_data_collator, settings)
        _save(self._model, self._tokenizer, output)

    def items(self, questions: Sequence[Question]) -> list[dict[str, Any]]:
        items = []
        for asked in questions:
            for window in self._windows(asked):
                start, end = _target(window, asked)
                items.append(
                    {
                        "input_ids": window["input_ids"],
                        "attention_mask": window["attention_mask"],
                        "start_positions": start,
                        "end_positions": end,
                    }
                )
        return items

    def predict(self, questions: Sequence[Question]) -> list[str]:
        answers = []
        for asked in questions:
            best = (-np.inf, "")
            for window in self._windows(asked):
                batch = {
                    key: torch.tensor([window[key]]) for key in ("input_ids", "attention_mask")
                }
                with torch.no_grad():
                    output = self._model(**batch)
                starts, ends = output.start_logits[0].numpy(), output.end_logits[0].numpy()
                offsets = window["offset_mapping"]
                inside = [part == 1 for part in window["parts"]]
                for first in np.argsort(-starts)[:_BEST].tolist():
                    for last in np.argsort(-ends)[:_BEST].tolist():
                        if not (inside[first] and inside[last]):
                            continue
                        if not first <= last < first + _LONGEST_ANSWER:
                            continue
                        score = float(starts[first] + ends[last])
                        if score > best[0]:
                            text = asked.context[offsets[first][0] : offsets[last][1]]
                            best = (score, text)
            answers.append(best[1])
        return answers

    def _windows(self, asked: Question) -> list[dict[str, Any]]:
        encoded = self._tokenizer(
            asked.question,
            asked.context,
            truncation="only_second",
            max_length=self._max_tokens,
            # An overlap, and no more than a small model has room for.
            stride=min(_STRIDE, self._max_tokens // 3),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding="max_length",
        )
        keys = ("input_ids", "attention_mask", "offset_mapping")
        return [
            {**{key: encoded[key][number] for key in keys}, "parts": encoded.sequence_ids(number)}
            for number in range(len(encoded["input_ids"]))
        ]


def _target(window: dict[str, Any], asked: Question) -> tuple[int, int]:
    """Return the answer's first and last token; (0, 0) where the window does not hold it."""
    end = asked.start + len(asked.answer)
    inside = [position for position, part in enumerate(window["parts"]) if part == 1]
    offsets = window["offset_mapping"]
    if not inside or offsets[inside[0]][0] > asked.start or offsets[inside[-1]][1] < end:
        return 0, 0
    first = max(position for position in inside if offsets[position][0] <= asked.start)
    last = min(position for position in inside if offsets[position][1] >= end)
    return first, last


def _fit(
    model: Any, items: list[dict[str, Any]], collator: Callable[..., Any], settings: Settings
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            learning_rate=settings.learning_rate,
            per_device_train_batch_size=settings.batch_size,
            max_steps=settings.max_steps,
            warmup_ratio=settings.warmup_share,
            weight_decay=settings.weight_decay,
            seed=settings.seed,
            save_strategy="no",
            report_to="none",
            logging_strategy="no",
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=items, data_collator=collator)
        # It prints to standard output, which is the benchmark's.
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    model.eval().cpu()


def _save(model: Any, tokenizer: Any, output: Path) -> None:
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)
