"""MLQA: question and context in the same language, with a normalisation for each language."""

from __future__ import annotations

from device_agent.metrics import mlqa
from device_agent.tasks.families.answer_extraction import AnswerExtraction
from device_agent.tasks.protocol import Task

TASK: Task = AnswerExtraction(
    name="mlqa",
    languages_xtreme=mlqa.LANGUAGES,
    languages_xtreme_r=mlqa.LANGUAGES,
    files={
        "train": "squad/train-v1.1.json",
        "dev": "mlqa/MLQA_V1/dev/dev-context-{language}-question-{language}.json",
        "test": "mlqa/MLQA_V1/test/test-context-{language}-question-{language}.json",
    },
    normalise=mlqa.normalise,
)
