"""XNLI: does the first sentence entail, contradict, or leave open the second?"""

from __future__ import annotations

from device_agent.tasks.families.pair_classification import PairClassification
from device_agent.tasks.protocol import Task

_LANGUAGES = "ar bg de el en es fr hi ru sw th tr ur vi zh"

TASK: Task = PairClassification(
    name="xnli",
    labels=("contradiction", "entailment", "neutral"),
    languages_xtreme=tuple(_LANGUAGES.split()),
    languages_xtreme_r=tuple(_LANGUAGES.split()),
)
