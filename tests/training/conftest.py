"""A tiny encoder and a little data in the benchmark's layout, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from host.demo.corpus.concepts import LANGUAGES
from host.demo.corpus.learning import Amounts, write_learning
from host.demo.corpus.vocabulary import draw_words
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.tokenizer import save_tokenizer, train_tokenizer

SHAPE = EncoderShape(
    hidden_size=16, layers=2, attention_heads=2, intermediate_size=32, max_tokens=96
)


@dataclass(frozen=True)
class Bench:
    """Where the tests' tokenizer, data and pre-trained base lie."""

    tokenizer: Path
    data: Path
    base: Path


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return data of the demo's corpus and a base pre-trained on some of it for two updates."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("training")
    found = Bench(root / "tokenizer", root / "data", root / "base")
    words = draw_words(seed=1, sentences=200)
    save_tokenizer(train_tokenizer(words, 900), found.tokenizer, SHAPE.max_tokens)
    amounts = Amounts(texts=40, translations=20, intermediate=24, target=24)
    write_learning(found.data, seed=1, amounts=amounts)
    pretrain_on(found, found.base, seed=1)
    return found


def pretrain_on(bench: Bench, output: Path, seed: int) -> None:
    """Pre-train for two updates."""
    texts = {
        language: (bench.data / f"text/{language}.txt").read_text("utf-8").splitlines()
        for language in LANGUAGES
    }
    pretrain(
        bench.tokenizer,
        output,
        name="tiny",
        shape=SHAPE,
        texts=texts,
        translations={"de": [("Anna ist hier.", "Anna is here.")]},
        hyperparameters=Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=8, max_steps=2),
        seed=seed,
    )
