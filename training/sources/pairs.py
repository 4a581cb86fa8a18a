"""Makes examples of pairs of sentences: inference, and paraphrase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from device_agent.contract.samples import PairInput
from training.examples import Example
from training.sources.rows import Row


@dataclass(frozen=True)
class PairForm:
    """A `Form`.

    Attributes:
        first: What publishers call the first sentence.
        second: What they call the second one.
        label: What they call its class.
        classes: Classes as they are published to classes as the task has them.
        left_out: Classes of records that are no examples.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    label: tuple[str, ...]
    classes: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The columns by which a table's header is known."""
        return (*self.first, *self.second, *self.label)

    def __call__(self, row: Row) -> Example | None:
        """Return the example; None where nobody could tell its class.

        Raises:
            DataError: A column is missing, or the class is not known.
        """
        label = row.value(*self.label)
        if label is None or str(label) in self.left_out:
            return None
        known = tuple(self.classes)
        target = self.classes[known[row.one_of(known, *self.label)]]
        pair = PairInput(first=row.text(*self.first), second=row.text(*self.second))
        return Example(input=pair, target=target)


INFERENCE = PairForm(
    first=("premise", "context", "sentence1", "first"),
    second=("hypothesis", "hypo", "sentence2", "second"),
    label=("gold_label", "label"),
    classes={
        "contradiction": "contradiction",
        "entailment": "entailment",
        "neutral": "neutral",
        # ANLI's files, and XNLI-MT's.
        "c": "contradiction",
        "e": "entailment",
        "n": "neutral",
        "contradictory": "contradiction",
    },
    # SNLI and MNLI where annotators disagreed: in files, and on the hub.
    left_out=("-", "-1"),
)
"""Natural language inference, with the classes of XNLI."""

PARAPHRASE = PairForm(
    first=("question1", "sentence1", "first"),
    second=("question2", "sentence2", "second"),
    label=("is_duplicate", "label"),
    classes={"0": "0", "1": "1", "not_duplicate": "0", "duplicate": "1"},
    left_out=("-1",),
)
"""Whether two sentences say the same, with the classes of PAWS-X."""
