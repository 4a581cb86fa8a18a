"""What a head needs in order to be trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tokenizers import Tokenizer

from device_agent.tasks.protocol import Head
from training.examples import Example

Features = dict[str, Any]
"""One item of a batch before padding: `input_ids` and the head's targets, as plain lists."""

IGNORED = -100
"""The target that the loss passes over (PyTorch's `ignore_index`)."""


class Learner(Protocol):
    """Turns examples into what a model is trained on.

    Attributes (as properties or fields):
        model_class: The transformers class with this head.
    """

    @property
    def model_class(self) -> str: ...

    def features(
        self, head: Head, tokenizer: Tokenizer, example: Example, labels: Sequence[str]
    ) -> list[Features]:
        """Encode one example with the device's own code; a window or part becomes an item each.

        Raises:
            TrainingError: The example has a label that the task does not know.
        """

    def padding(self) -> dict[str, int]:
        """Return for each padded target what it is padded with; others are single numbers."""
