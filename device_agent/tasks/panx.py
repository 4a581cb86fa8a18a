"""PANX (WikiANN): persons, places and organisations as IOB2 tags, scored leniently by seqeval."""

from __future__ import annotations

from device_agent.tasks.families.tagging import Tagging
from device_agent.tasks.protocol import Task

_XTREME = (
    "af ar bg bn de el en es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr ms my nl pt ru sw "
    "ta te th tl tr ur vi yo zh"
)
_ADDED_BY_XTREME_R = "az gu lt pa pl qu ro uk"

TASK: Task = Tagging(
    name="panx",
    labels=("B-LOC", "B-ORG", "B-PER", "I-LOC", "I-ORG", "I-PER", "O"),
    languages_xtreme=tuple(_XTREME.split()),
    languages_xtreme_r=tuple(sorted([*_XTREME.split(), *_ADDED_BY_XTREME_R.split()])),
)
