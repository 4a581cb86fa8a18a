"""Trains one regime of the demo, from the base to the last head, and scores what came of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from device_agent import tasks
from device_agent.contract.artifact import Pooling
from export.tokenizer import files as tokenizer_files
from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.evaluation import XCOPA_LANGUAGES
from host.demo.materialise import INTERMEDIATE_TASKS, LAYER
from host.demo.recipes import SHAPE, Recipe
from training import intermediate, learning, target
from training.evaluate import evaluate
from training.examples import share_equally
from training.pretrain import pretrain
from training.tune import tune

BASE_NAME = "demo-xlm-r"
TARGET_TASKS = ("xnli", "xcopa", "udpos", "xquad")
Scores = dict[str, dict[str, float]]
"""Task to language to its primary metric, in percent."""


def pretrain_base(work: Path, tokenizer: Path, recipe: Recipe) -> None:
    """Phase 1: write the base, which both regimes begin with, to `work/base`."""
    torch.set_num_threads(1)
    data = work / "learning"
    texts = {path.stem: _lines(path) for path in sorted((data / "text").iterdir())}
    translations = {
        language: list(
            zip(
                _lines(data / f"parallel/{language}-en.{language}"),
                _lines(data / f"parallel/{language}-en.en"),
                strict=True,
            )
        )
        for language in LANGUAGES
        if language != "en"
    }
    pretrain(
        tokenizer,
        work / "base",
        name=BASE_NAME,
        shape=SHAPE,
        texts=texts,
        translations=translations,
        hyperparameters=recipe.pretraining,
        seed=recipe.seed,
        masked_share=recipe.masked_share,
    )


def train_regime(work: Path, made: Path, regime: str, recipe: Recipe) -> Scores:
    """Phases 2 and 3: write the checkpoints below `made/checkpoints/<regime>`, and score them.

    Intermediate tasks come one after the other, each with the same number of examples whatever
    the regime; the encoder they leave serves retrieval and is where every target task begins.
    """
    torch.set_num_threads(1)
    data = work / "learning"
    languages = ("en",) if regime == "english" else LANGUAGES
    encoder = work / "base"
    for name in INTERMEDIATE_TASKS:
        task = learning.get(intermediate, name)
        available = {language: task.read(data, language) for language in languages}
        result = work / regime / name
        tune(
            encoder,
            result,
            phase="intermediate",
            learning=task,
            examples=share_equally(available, recipe.amounts.intermediate, recipe.seed),
            languages=languages,
            seed=recipe.seed,
            hyperparameters=recipe.tuning[name],
            half=name == INTERMEDIATE_TASKS[-1],
        )
        encoder = result
    folder = made / "checkpoints" / regime
    shutil.copytree(encoder, folder / "encoder")
    for name in TARGET_TASKS:
        task = learning.get(target, name)
        tune(
            encoder,
            folder / name,
            phase="target",
            learning=task,
            examples=task.read(data, "en"),
            languages=("en",),
            seed=recipe.seed,
            hyperparameters=recipe.tuning[name],
            half=True,
        )
    scores = _scores(folder, made / "data")
    for checkpoint in folder.iterdir():
        for file in tokenizer_files(checkpoint):
            file.unlink()
    return scores


def _scores(folder: Path, data: Path) -> Scores:
    """Score every checkpoint in every language that its task has in the demo."""
    scores: Scores = {}
    for name in (*TARGET_TASKS, "tatoeba"):
        task = tasks.get(name)
        retrieval = name == "tatoeba"
        languages = XCOPA_LANGUAGES if name == "xcopa" else LANGUAGES
        found = evaluate(
            folder / ("encoder" if retrieval else name),
            task,
            data,
            [language for language in languages if not (retrieval and language == "en")],
            Pooling(method="mean", layer=LAYER) if retrieval else None,
        )
        scores[name] = {
            language: round(score.metrics[task.primary], 2) for language, score in found.items()
        }
    return scores


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
