"""A small study that is still to be trained: data, training files, a base of random weights."""

from __future__ import annotations

from pathlib import Path

import torch
import transformers

from host.demo.corpus.evaluation import write_evaluation
from host.demo.corpus.learning import Amounts, write_learning
from host.demo.corpus.vocabulary import draw_words
from training.tokenizer import save_tokenizer, train_tokenizer

STUDY = """\
study: tiny
question: Does it train?
data: data
baseline: english
tasks: [xnli, udpos, tatoeba]
training:
  data: train
  base: base
  examples: 24
  target-examples: 24
  hyperparameters: {default: {epochs: 1, batch-size: 8, learning-rate: 1e-3}}
variants:
  direct:
    regime: direct
    recipe: fp32
    checkpoints: {xnli: out/direct/xnli, retrieval: out/direct/encoder, udpos: out/direct/udpos}
  english:
    regime: english
    recipe: fp32
    intermediate-tasks: [mnli, squad]
    checkpoints: {xnli: out/english/xnli, retrieval: out/english/encoder, udpos: out/english/udpos}
  multilingual:
    regime: multilingual
    recipe: fp32
    intermediate-tasks: [mnli, squad]
    training:
      languages: [de, en, hi]
      mix: true
      mix-cap: 20
      masked-text: {share: 0.2, languages: [de, en]}
    checkpoints: {xnli: out/multi/xnli, retrieval: out/multi/encoder, udpos: out/multi/udpos}
"""
"""Direct, in sequence, and mixed with masked text beside."""


def write_training_study(root: Path, text: str = STUDY) -> Path:
    """Write everything below a folder, and return the study file."""
    words = list(draw_words(seed=1, sentences=100))
    write_learning(
        root / "train",
        seed=1,
        amounts=Amounts(texts=24, translations=2, intermediate=36, target=36),
    )
    write_evaluation(root / "data", seed=1, samples=4)
    write_base(root / "base", words)
    path = root / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def write_base(folder: Path, words: list[str]) -> None:
    """Write an encoder that has learned nothing, with its tokenizer."""
    save_tokenizer(train_tokenizer(words, 600), folder, 96)
    torch.manual_seed(1)
    config = transformers.XLMRobertaConfig(
        vocab_size=600,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=98,
        type_vocab_size=1,
    )
    transformers.XLMRobertaModel(config).save_pretrained(folder)
