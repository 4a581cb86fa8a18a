"""What a phase of training is told: hyperparameters, and the shape of a new encoder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """How to optimise; AdamW with linear warm-up and decay, as the benchmark's scripts have it.

    Attributes:
        epochs: Passes over the examples.
        learning_rate: At its peak.
        batch_size: Examples an update.
        warmup_share: Share of all updates during which the learning rate rises, 0 to 1.
        max_steps: Stop after that many updates, whatever the epochs say; None for no such limit.
        accumulation: Parts in which an update is computed, one after the other: less memory, the
            same number of examples an update.
        by_length: Put examples of like lengths together, which pads less and is faster, and costs
            a point of F1 where lengths tell something (`benchmarks.training_parity` on UDPOS).
    """

    epochs: float
    learning_rate: float
    batch_size: int = 32
    warmup_share: float = 0.1
    weight_decay: float = 0.01
    max_steps: int | None = None
    accumulation: int = 1
    by_length: bool = False


@dataclass(frozen=True)
class EncoderShape:
    """The size of an XLM-R encoder that is trained from nothing.

    Attributes:
        max_tokens: Longest input, special tokens included.
    """

    hidden_size: int
    layers: int
    attention_heads: int
    intermediate_size: int
    max_tokens: int
    dropout: float = 0.1
