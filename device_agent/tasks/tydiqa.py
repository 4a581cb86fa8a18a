"""TyDiQA-GoldP: questions asked by native speakers; its published dev set is the test set."""

from __future__ import annotations

from device_agent.tasks.families.answer_extraction import AnswerExtraction
from device_agent.tasks.protocol import Task

_LANGUAGES = "ar bn en fi id ko ru sw te"

TASK: Task = AnswerExtraction(
    name="tydiqa",
    languages_xtreme=tuple(_LANGUAGES.split()),
    languages_xtreme_r=tuple(_LANGUAGES.split()),
    files={
        "train": "tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.{language}.train.json",
        "test": "tydiqa/tydiqa-goldp-v1.1-dev/tydiqa.goldp.{language}.dev.json",
    },
)
