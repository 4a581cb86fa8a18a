"""A whole small study, made on the fly: real data layout, real checkpoints, random weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from device_agent import tasks
from device_agent.contract.runspec import RunSpec
from host.demo.corpus.evaluation import write_evaluation
from host.deploy.content import Blob

LAYERS = 2


@dataclass(frozen=True)
class TinyRun:
    """A run spec, and the blobs that it names."""

    spec: RunSpec
    blobs: tuple[Blob, ...]


_ROLES = {
    "xnli": transformers.AutoModelForSequenceClassification,
    "xcopa": transformers.AutoModelForMultipleChoice,
    "udpos": transformers.AutoModelForTokenClassification,
    "xquad": transformers.AutoModelForQuestionAnswering,
    "encoder": transformers.AutoModel,
}
_STUDY = """\
study: tiny
question: Does everything survive?
data: data
target: local
baseline: first
tasks: [xnli, xcopa, udpos, xquad, tatoeba]
variants:
  first: {first}
  second: {second}
performance:
  {{rounds: {rounds}, attempts: {attempts}, queries: 20, warmup-queries: 1, steady-queries: 0,
    overhead: false}}
runtime: {{threads: 1}}
"""
_VARIANT = """
    regime: {regime}
    recipe: fp32
    checkpoints:
      xnli: checkpoints/{name}/xnli
      xcopa: checkpoints/{name}/xcopa
      udpos: checkpoints/{name}/udpos
      xquad: checkpoints/{name}/xquad
      retrieval: checkpoints/{name}/encoder
    pooling: {{method: mean, layer: 2}}"""


def write_tiny_study(root: Path, *, samples: int = 6, rounds: int = 3, attempts: int = 6) -> Path:
    """Write data, two variants' checkpoints and `study.yaml`; return the study file."""
    data = root / "data"
    write_evaluation(data, seed=1, samples=samples)
    tokenizer = _tokenizer(data)
    for number, name in enumerate(("first", "second")):
        for role in _ROLES:
            _checkpoint(root / "checkpoints" / name / role, role, tokenizer, seed=number)
    study = root / "study.yaml"
    study.write_text(
        _STUDY.format(
            first=_VARIANT.format(regime="english", name="first"),
            second=_VARIANT.format(regime="multilingual", name="second"),
            rounds=rounds,
            attempts=attempts,
        ),
        encoding="utf-8",
    )
    return study


def _tokenizer(data: Path) -> Tokenizer:
    lines = [
        line
        for path in sorted(data.glob("xnli/*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(
        lines,
        trainers.UnigramTrainer(
            vocab_size=800, special_tokens=special, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def _checkpoint(folder: Path, role: str, tokenizer: Tokenizer, *, seed: int) -> None:
    torch.manual_seed(seed)
    labels = tasks.get(role).labels if role in tasks.names() else ()
    config = transformers.XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=386,
        type_vocab_size=1,
        pad_token_id=1,
        **({"id2label": dict(enumerate(labels))} if labels else {}),
    )
    _ROLES[role].from_config(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
