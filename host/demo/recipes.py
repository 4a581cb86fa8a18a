"""How the demo's models are made: sizes, amounts and hyperparameters, full and quick."""

from __future__ import annotations

from dataclasses import dataclass, replace

from host.demo.corpus.learning import Amounts
from training.recipe import EncoderShape, Hyperparameters

VOCABULARY = 1700
SHAPE = EncoderShape(
    hidden_size=96,
    layers=4,
    attention_heads=4,
    intermediate_size=192,
    max_tokens=128,
    # The texts are too regular to be learned by heart, and every update counts.
    dropout=0.0,
)


@dataclass(frozen=True)
class Recipe:
    """Everything that `host.demo.build` needs to know.

    Attributes:
        samples: Evaluation samples per task and language.
        tuning: Hyperparameters per task, intermediate tasks and target tasks alike.
    """

    seed: int
    samples: int
    amounts: Amounts
    pretraining: Hyperparameters
    masked_share: float
    tuning: dict[str, Hyperparameters]


def _grouped(*, epochs: float, learning_rate: float) -> Hyperparameters:
    return Hyperparameters(epochs=epochs, learning_rate=learning_rate, by_length=True)


FULL = Recipe(
    seed=7,
    samples=60,
    amounts=Amounts(texts=4000, translations=6000, intermediate=3999, target=3999),
    pretraining=_grouped(epochs=6, learning_rate=1.5e-3),
    masked_share=0.3,
    tuning={
        "mnli": _grouped(epochs=2, learning_rate=5e-4),
        "squad": _grouped(epochs=3, learning_rate=5e-4),
        "xnli": _grouped(epochs=4, learning_rate=5e-4),
        "xcopa": _grouped(epochs=4, learning_rate=5e-4),
        "udpos": _grouped(epochs=2, learning_rate=5e-4),
        "xquad": _grouped(epochs=5, learning_rate=5e-4),
    },
)


def quick(recipe: Recipe) -> Recipe:
    """Return the same recipe cut to a minute: everything runs, nothing is learned."""
    return replace(
        recipe,
        amounts=Amounts(texts=100, translations=100, intermediate=99, target=99),
        pretraining=replace(recipe.pretraining, max_steps=10),
        tuning={task: replace(h, max_steps=5) for task, h in recipe.tuning.items()},
    )
