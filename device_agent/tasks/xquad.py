"""XQuAD: SQuAD 1.1 questions in other languages, with English normalisation in all of them."""

from __future__ import annotations

from device_agent.tasks.families.answer_extraction import AnswerExtraction
from device_agent.tasks.protocol import Task

_XTREME = "ar de el en es hi ru th tr vi zh"

TASK: Task = AnswerExtraction(
    name="xquad",
    languages_xtreme=tuple(_XTREME.split()),
    languages_xtreme_r=tuple(sorted([*_XTREME.split(), "ro"])),
    files={
        "train": "squad/train-v1.1.json",
        "dev": "squad/dev-v1.1.json",
        "test": "xquad/xquad.{language}.json",
    },
)
