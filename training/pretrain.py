"""Phase 1: masked language modelling on text, and on translations side by side (TLM).

TLM shows a sentence and its translation as one input, so that a masked word can be read off the
other language, which pulls the languages together (Lample & Conneau, arXiv 1901.07291).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from transformers import (
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    XLMRobertaConfig,
)

from device_agent.contract.codec import encode
from device_agent.digest import digest_bytes, digest_file
from device_agent.tasks.heads.tokenisation import one_text, two_texts
from export.tokenizer import files as tokenizer_files
from export.tokenizer import load as load_tokenizer
from training import checkpoint
from training.begun import begun
from training.errors import TrainingError
from training.fit import Execution, fit, repeatable
from training.guesses_masked import GuessesMasked
from training.identity import Identity, Part, settings
from training.lineage import Phase, Training
from training.machine import is_main, wait_for_all
from training.recipe import EncoderShape, Hyperparameters

_FIRST_POSITION = 2
"""XLM-R counts positions from the padding token's id on, so two are never used."""


def pretrain(
    tokenizer: Path,
    output: Path,
    *,
    name: str,
    shape: EncoderShape,
    texts: Mapping[str, Sequence[str]],
    translations: Mapping[str, Sequence[tuple[str, str]]],
    hyperparameters: Hyperparameters,
    seed: int,
    masked_share: float = 0.15,
    execution: Execution | None = None,
) -> None:
    """Train an encoder from nothing and write its folder.

    Args:
        tokenizer: Folder with the tokenizer's files.
        output: The encoder's folder.
        name: What later records call this base.
        shape: Size of the encoder.
        texts: Per language.
        translations: Per language, pairs of a sentence and its English translation.
        hyperparameters: Of this phase.
        seed: Of the weights, the order and the masking.
        masked_share: Share of tokens to be guessed.
        execution: Precision, saves to go on from, progress.

    Raises:
        TrainingError: There is no text, another phase was begun where it is to be kept, or the
            disk is full.
    """
    pieces = load_tokenizer(tokenizer)
    room = shape.max_tokens
    rows = [one_text(pieces, text, room).ids for lines in texts.values() for text in lines]
    rows += [
        two_texts(pieces, *pair, room).ids for pairs in translations.values() for pair in pairs
    ]
    if not rows:
        raise TrainingError("There is no text to train on.", remedy="Name a folder with text.")
    fast = AutoTokenizer.from_pretrained(str(tokenizer), local_files_only=True)
    with repeatable(seed):
        model = GuessesMasked(_config(shape, len(fast)))
    task = "mlm+tlm" if translations else "mlm"
    languages = tuple(sorted({*texts, *translations}))
    data_digest = digest_bytes(encode(rows))
    how = execution or Execution()
    identity = Identity(
        phase="pretrain",
        base=_beginning(tokenizer, shape, masked_share),
        parts=(Part(task=task, languages=languages, examples=len(rows), data_digest=data_digest),),
        hyperparameters=settings(hyperparameters),
        seed=seed,
        precision=how.precision,
    )
    with begun(how.saves, identity) as machine:
        steps = fit(
            model,
            [{"input_ids": ids} for ids in rows],
            DataCollatorForLanguageModeling(fast, mlm_probability=masked_share),
            hyperparameters,
            seed,
            execution=how,
        )
    phase = Phase(
        name="pretrain",
        task=task,
        languages=languages,
        examples=len(rows),
        steps=steps,
        epochs=hyperparameters.epochs,
        learning_rate=hyperparameters.learning_rate,
        batch_size=hyperparameters.batch_size,
        warmup_share=hyperparameters.warmup_share,
        weight_decay=hyperparameters.weight_decay,
        seed=seed,
        data_digest=data_digest,
        accumulation=hyperparameters.accumulation,
        max_steps=hyperparameters.max_steps if execution else None,
        random_order=not hyperparameters.by_length,
        precision=how.precision,
        machine=machine if execution else None,
    )
    record = Training(base_model=name).after(phase)
    if is_main():
        checkpoint.save(model.base_model, tokenizer, output, record, half=False)
    wait_for_all()
    if how.saves is not None:
        how.saves.clear()


def _beginning(tokenizer: Path, shape: EncoderShape, masked_share: float) -> str:
    """Return the identity of what the encoder is before it has learned anything."""
    pieces = {path.name: digest_file(path) for path in tokenizer_files(tokenizer)}
    return digest_bytes(encode([pieces, msgspec.to_builtins(shape), masked_share]))


def _config(shape: EncoderShape, vocabulary: int) -> XLMRobertaConfig:
    return XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.attention_heads,
        intermediate_size=shape.intermediate_size,
        max_position_embeddings=shape.max_tokens + _FIRST_POSITION,
        hidden_dropout_prob=shape.dropout,
        attention_probs_dropout_prob=shape.dropout,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
    )
