"""UDPOS: the part of speech of every word (Universal Dependencies 2.5).

XTREME reports seqeval's chunk F1 over the raw tags, not the share of right tags, so neighbours of
the same tag count as one. The share of right tags stands beside it as `token_accuracy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import cast

from device_agent.contract.samples import Gold, Prediction
from device_agent.metrics.accuracy import accuracy
from device_agent.tasks.families.tagging import Tagging, Tags
from device_agent.tasks.protocol import Score, Task

_XTREME = (
    "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi "
    "yo zh"
)
_TAGS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
_ADDED_BY_XTREME_R = "lt pl ro uk wo"


class PartOfSpeech(Tagging):
    """`Tagging` that reports the share of right tags too."""

    def score(
        self, predictions: Mapping[str, Prediction], gold: Mapping[str, Gold], language: str
    ) -> Score:
        """Return f1, precision, recall and token_accuracy, or why there is no score."""
        score = super().score(predictions, gold, language)
        if score.unscored:
            return score
        wanted = list(chain.from_iterable(cast("Tags", tags) for tags in gold.values()))
        found = list(chain.from_iterable(cast("Tags", predictions[key]) for key in gold))
        return Score(metrics=score.metrics | {"token_accuracy": accuracy(wanted, found)})


TASK: Task = PartOfSpeech(
    name="udpos",
    labels=tuple(_TAGS.split()),
    languages_xtreme=tuple(_XTREME.split()),
    languages_xtreme_r=tuple(sorted([*_XTREME.split(), *_ADDED_BY_XTREME_R.split()])),
)
