"""The studies at the demo's size: models that are a few hundred updates old."""

from __future__ import annotations

from pathlib import Path

from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.vocabulary import draw_words
from host.demo.recipes import SHAPE, VOCABULARY
from host.demo.studies.bases import Corpus
from host.demo.studies.kit import Kit
from training.recipe import EncoderShape, Hyperparameters
from training.tokenizer import save_tokenizer, train_tokenizer

SHAPES = {
    "tiny": EncoderShape(32, 2, 2, 64, SHAPE.max_tokens, dropout=0.0),
    "mini": EncoderShape(64, 3, 4, 128, SHAPE.max_tokens, dropout=0.0),
    "small": EncoderShape(96, 4, 4, 192, SHAPE.max_tokens, dropout=0.0),
}
PRETRAINING = Hyperparameters(epochs=1, learning_rate=2e-3, max_steps=300, by_length=True)
_WORDS_FROM = 3000
_LIMIT = 20
"""Samples a language: the models have little to show."""

KIT = Kit(
    tasks={
        study: {task: {"limit": _LIMIT} for task in tasks}
        for study, tasks in {
            "paws-x": ("pawsx",),
            "edge": ("xnli", "udpos", "tatoeba"),
            "model-size": ("udpos", "tatoeba"),
            "sequential-tasks": ("xnli", "udpos"),
            "xtreme-r": ("xnli", "xcopa", "udpos", "xquad", "tatoeba"),
        }.items()
    },
    sizes={name: shape.layers for name, shape in SHAPES.items()},
    seeds=(1, 2, 3),
    languages=LANGUAGES,
    training={
        "examples": 1000,
        "hyperparameters": {"default": {"max-updates": 60, "learning-rate": 1e-3}},
    },
    performance={"rounds": 6, "attempts": 60, "queries": 12, "warmup-queries": 1},
)


def make_tokenizer(folder: Path) -> None:
    """Write the demo corpus's tokenizer."""
    words = draw_words(seed=7, sentences=_WORDS_FROM)
    save_tokenizer(train_tokenizer(words, VOCABULARY), folder, SHAPE.max_tokens)


def read_corpus(learning: Path) -> Corpus:
    """Return the texts and translations of the demo's training data."""
    return Corpus(
        {path.stem: _lines(path) for path in sorted((learning / "text").iterdir())},
        {
            language: list(
                zip(
                    _lines(learning / f"parallel/{language}-en.{language}"),
                    _lines(learning / f"parallel/{language}-en.en"),
                    strict=True,
                )
            )
            for language in LANGUAGES
            if language != "en"
        },
    )


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
