"""What the reference study is made with, whole and as a quick cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.reference_study.corpus import NLI_LANGUAGES
from host.demo.studies.kit import Kit
from host.studies.templates.template import Level
from training.recipe import EncoderShape, Hyperparameters

VOCABULARY = 8000
_LONGEST = 256
SHAPES = {
    "xs": EncoderShape(64, 2, 2, 256, _LONGEST, dropout=0.1),
    "s": EncoderShape(128, 3, 4, 512, _LONGEST, dropout=0.1),
    "m": EncoderShape(192, 4, 6, 768, _LONGEST, dropout=0.1),
}
"""0.6, 1.7 and 3.4 million parameters, most of them embeddings."""

_ENGLISH = Level("english", ("mnli",))
_MULTILINGUAL = Level("multilingual", ("mnli",))
_FILES = {
    "mnli": "xnli/dev-{language}.tsv",
    "squad": "xquad/xquad.{language}.json",
    "cosmosqa": "cosmosqa/valid.csv",
    "pawsx": "pawsx/dev-{language}.tsv",
    "xquad": "tydiqa/tydiqa.goldp.en.train.json",
    "siqa": "siqa/socialIQa_v1.4_dev.jsonl",
}
"""Which files of the training sample stand for which task; XNLI's development set is in 15
languages, so it is the intermediate task of both regimes, with the same number of examples."""


@dataclass(frozen=True)
class Scale:
    """How much of everything.

    Attributes:
        pretraining: Of every base.
        kit: Of the studies.
    """

    pretraining: Hyperparameters
    kit: Kit


def _tuning(updates: int | None) -> dict[str, Any]:
    cap = {"max-updates": updates} if updates else {}
    return {
        "default": {"learning-rate": 5e-4, "epochs": 3, "batch-size": 32, **cap},
        "xquad": {"learning-rate": 5e-4, "epochs": 1, "batch-size": 16, **cap},
        "squad": {"learning-rate": 5e-4, "epochs": 1, "batch-size": 16, **cap},
        "cosmosqa": {"learning-rate": 5e-4, "epochs": 1, "batch-size": 8, **cap},
    }


def _tasks(settings: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    chosen = {
        "paws-x": ("pawsx",),
        "edge": ("udpos", "panx", "tatoeba"),
        "model-size": ("udpos", "panx", "tatoeba"),
        "sequential-tasks": ("udpos", "panx", "tatoeba"),
        "xtreme-r": ("udpos", "panx", "xcopa", "xquad", "tatoeba"),
    }
    # All of its pairs would take longer than all other tasks together.
    own = {"tatoeba": {"limit": 200, "candidates": 500}}
    return {
        study: {task: {**own.get(task, {}), **settings} for task in tasks}
        for study, tasks in chosen.items()
    }


FULL = Scale(
    pretraining=Hyperparameters(
        epochs=1, learning_rate=1e-3, batch_size=32, max_steps=3000, by_length=True
    ),
    kit=Kit(
        tasks=_tasks({}),
        sizes={name: max(1, round(shape.layers * 2 / 3)) for name, shape in SHAPES.items()},
        seeds=(1, 2, 3),
        languages=NLI_LANGUAGES,
        training={
            "files": _FILES,
            "examples": 2400,
            # All that the sample has of it is 1,085.
            "examples-by-task": {"squad": 1000},
            "target-examples": 3000,
            "hyperparameters": _tuning(None),
        },
        performance={"rounds": 20, "attempts": 200, "queries": 40, "warmup-queries": 2},
        levels={
            "edge": (_ENGLISH, _MULTILINGUAL, Level("direct")),
            "xtreme-r": (_ENGLISH, _MULTILINGUAL, Level("direct")),
            "sequential-tasks": (
                Level("direct", name="tasks-0"),
                Level("english", ("mnli",), "tasks-1"),
                Level("english", ("mnli", "squad"), "tasks-2"),
                Level("english", ("mnli", "squad", "cosmosqa"), "tasks-3"),
            ),
        },
    ),
)
QUICK = Scale(
    pretraining=replace(FULL.pretraining, max_steps=120),
    kit=replace(
        FULL.kit,
        tasks=_tasks({"limit": 12}),
        seeds=(1, 2),
        training={
            **FULL.kit.training,
            "examples": 480,
            "examples-by-task": {},
            "target-examples": 640,
            "hyperparameters": _tuning(20),
        },
        performance={"rounds": 5, "attempts": 50, "queries": 12, "warmup-queries": 1},
    ),
)
