"""PAWS-X: do both sentences say the same? In XTREME only.

The published files are CSV-quoted, but the official reader does not unquote: a sentence with a
quotation mark reaches the model in quotes, its own ones doubled. So it does here.
"""

from __future__ import annotations

from device_agent.tasks.families.pair_classification import PairClassification
from device_agent.tasks.protocol import Task

_XTREME = "de en es fr ja ko zh"

TASK: Task = PairClassification(
    name="pawsx",
    labels=("0", "1"),
    languages_xtreme=tuple(_XTREME.split()),
    languages_xtreme_r=(),
)
