"""Pre-trains bases of several sizes on one text, each unless it is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from training.fit import Execution, Update
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.saves import Saves

_SAVE_EVERY = 200
_TELL_EVERY_S = 60.0

Texts = Mapping[str, Sequence[str]]
Translations = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Corpus:
    """What bases learn from: texts per language, and pairs of a sentence and its English."""

    texts: Texts
    translations: Translations


def pretrain_bases(
    folder: Path,
    shapes: Mapping[str, EncoderShape],
    tokenizer: Path,
    corpus: Corpus,
    hyperparameters: Hyperparameters,
) -> None:
    """Write `folder/<size>` for each size that is not there yet; what was interrupted goes on.

    Args:
        folder: Of the bases.
        shapes: By size.
        tokenizer: Folder with the tokenizer's files.
        corpus: What they learn from.
        hyperparameters: Of each.
    """
    for name, shape in shapes.items():
        if not (folder / name / "config.json").is_file():
            pretrain(
                tokenizer,
                folder / name,
                name=name,
                shape=shape,
                texts=corpus.texts,
                translations=corpus.translations,
                hyperparameters=hyperparameters,
                seed=7,
                masked_share=0.25,
                execution=Execution(
                    saves=Saves(folder / f".{name}", every=_SAVE_EVERY), progress=_Told(name)
                ),
            )
            shutil.rmtree(folder / f".{name}", ignore_errors=True)


class _Told:
    """Says every minute how far a base is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spoke_s = 0.0

    def __call__(self, update: Update) -> None:
        if time.monotonic() - self._spoke_s > _TELL_EVERY_S and update.loss is not None:
            self._spoke_s = time.monotonic()
            click.echo(
                f"  {self._name}: {update.done}/{update.total} updates, loss {update.loss:.2f}",
                err=True,
            )
