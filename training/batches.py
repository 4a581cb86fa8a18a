"""Pads items to the longest of their batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class Padding:
    """A collator: int64 tensors `[batch, tokens]`, or `[batch, choices, tokens]`.

    Attributes:
        pad_id: The tokenizer's padding token.
        targets: Padding value of each target that is as long as its input.
    """

    pad_id: int
    targets: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, items: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
        """Return one batch with its `attention_mask`."""
        batch: dict[str, torch.Tensor] = {}
        for name in items[0]:
            values = [item[name] for item in items]
            if name == "input_ids":
                batch[name] = _padded(values, self.pad_id)
                batch["attention_mask"] = _padded(_ones(values), 0)
            elif name in self.targets:
                batch[name] = _padded(values, self.targets[name])
            else:
                batch[name] = torch.tensor(values)
        return batch


def _padded(values: Sequence[Any], filling: int) -> torch.Tensor:
    rows = [row for value in values for row in value] if _nested(values) else values
    longest = max(len(row) for row in rows)
    flat = torch.tensor([[*row, *([filling] * (longest - len(row)))] for row in rows])
    return flat.view(len(values), -1, longest) if _nested(values) else flat


def _ones(values: Sequence[Any]) -> list[Any]:
    if _nested(values):
        return [_ones(value) for value in values]
    return [[1] * len(value) for value in values]


def _nested(values: Sequence[Any]) -> bool:
    return isinstance(values[0][0], list)
