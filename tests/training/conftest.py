"""A pre-trained encoder small enough to be made anew in a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.demo.corpus.learning import write_learning
from host.demo.recipes import FULL, quick
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.tokenizer import SPACE, save_tokenizer, train_tokenizer

SHAPE = EncoderShape(
    hidden_size=16, layers=1, attention_heads=2, intermediate_size=32, max_tokens=128
)
BRIEF = Hyperparameters(epochs=1, learning_rate=1e-3, batch_size=4, max_steps=2)
TEXTS = {
    "en": ["Anna reads a book in the park.", "The children sing in the garden."] * 4,
    "de": ["Anna liest ein Buch im Park.", "Die Kinder singen im Garten."] * 4,
}


@pytest.fixture(scope="session")
def learning_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Training files of every task, in the official layout."""
    root = tmp_path_factory.mktemp("learning")
    write_learning(root, seed=3, amounts=quick(FULL).amounts)
    return root


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer's folder."""
    folder = tmp_path_factory.mktemp("tokenizer")
    words = [SPACE + word for lines in TEXTS.values() for line in lines for word in line.split()]
    save_tokenizer(train_tokenizer(words, 300), folder, SHAPE.max_tokens)
    return folder


@pytest.fixture(scope="session")
def base(tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder after two updates of masked language modelling."""
    folder = tmp_path_factory.mktemp("base") / "encoder"
    make_base(tokenizer, folder)
    return folder


def make_base(tokenizer: Path, folder: Path, *, seed: int = 5) -> None:
    pretrain(
        tokenizer,
        folder,
        name="tiny",
        shape=SHAPE,
        texts=TEXTS,
        translations={"de": list(zip(TEXTS["de"], TEXTS["en"], strict=True))},
        hyperparameters=BRIEF,
        seed=seed,
    )
