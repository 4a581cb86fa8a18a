"""Tiny checkpoints in the usual Hugging Face layout, made on the fly; their weights are random."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from device_agent.contract.artifact import HeadName
from export.probe_texts import TEXTS

CLASSES: dict[HeadName, Any] = {
    "sequence-classification": transformers.AutoModelForSequenceClassification,
    "multiple-choice": transformers.AutoModelForMultipleChoice,
    "token-classification": transformers.AutoModelForTokenClassification,
    "question-answering": transformers.AutoModelForQuestionAnswering,
    "sentence-embedding": transformers.AutoModel,
}
HEADS = tuple(CLASSES)

LIKE_ROBERTA = frozenset(
    {
        "camembert",
        "data2vec-text",
        "ibert",
        "mpnet",
        "roberta",
        "roberta-prelayernorm",
        "xlm-roberta",
        "xlm-roberta-xl",
    }
)
"""Families that count positions from the padding, and whose tokenizer has XLM-R's tokens."""

_XLM = {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "init_std": 0.2, "embed_init_std": 0.2}

_SIZES: dict[str, dict[str, Any]] = {
    "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
    # One block for all layers, as in every published checkpoint.
    "albert": {"embedding_size": 16},
    "convbert": {"embedding_size": 16, "conv_kernel_size": 3},
    # mDeBERTa-v3's settings.
    "deberta-v2": {
        "type_vocab_size": 0,
        "relative_attention": True,
        "position_buckets": 16,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "pooler_hidden_size": 32,
    },
    "deberta": {
        "relative_attention": True,
        "pos_att_type": ["c2p", "p2c"],
        "position_biased_input": False,
        "pooler_hidden_size": 32,
    },
    "electra": {"embedding_size": 16},
    "flaubert": _XLM,
    "mobilebert": {
        "embedding_size": 16,
        "intra_bottleneck_size": 16,
        "true_hidden_size": 16,
    },
    "modernbert": {"local_attention": 16, "global_attn_every_n_layers": 2},
    "rembert": {"input_embedding_size": 16},
    "roformer": {"embedding_size": 16},
    "squeezebert": {"embedding_size": 32},
    "xlm": _XLM,
}
_LABELS = {
    "sequence-classification": ["contradiction", "entailment", "neutral"],
    "token-classification": ["NOUN", "VERB", "ADP", "PUNCT", "X"],
}


class MakeCheckpoint(Protocol):
    """The function that the fixture `make_checkpoint` gives."""

    def __call__(
        self, architecture: str, head: HeadName, *, name: str = ..., seed: int = ..., **config: Any
    ) -> Path: ...


def _lines() -> list[str]:
    return [text for texts in TEXTS.values() for text in texts]


def xlmr_tokenizer() -> Tokenizer:
    """A SentencePiece-like tokenizer with XLM-R's special tokens and pair template."""
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        _lines(),
        trainers.UnigramTrainer(
            vocab_size=600, special_tokens=specials, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def bert_tokenizer() -> Tokenizer:
    """A WordPiece tokenizer with BERT's special tokens and pair template."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        _lines(),
        trainers.WordPieceTrainer(
            vocab_size=600,
            special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Tiny models gain nothing from threads, which wait for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def trained_tokenizers() -> dict[str, Tokenizer]:
    """One trained tokenizer a family."""
    return {"bert": bert_tokenizer(), "roberta": xlmr_tokenizer()}


@pytest.fixture(scope="session")
def make_checkpoint(
    tmp_path_factory: pytest.TempPathFactory, trained_tokenizers: dict[str, Tokenizer]
) -> MakeCheckpoint:
    """Make a checkpoint of two layers, 32 wide, whose random logits differ between inputs."""

    def make(
        architecture: str,
        head: HeadName,
        *,
        name: str = "checkpoint",
        seed: int = 0,
        **config: Any,
    ) -> Path:
        folder = tmp_path_factory.mktemp("checkpoints") / name
        family = "roberta" if architecture in LIKE_ROBERTA else "bert"
        tokenizer = trained_tokenizers[family]
        torch.manual_seed(seed)
        _save_model(folder, architecture, head, tokenizer.get_vocab_size(), config)
        tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "tokenizer_config.json").write_text(
            json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128})
        )
        return folder

    return make


def _save_model(
    folder: Path,
    architecture: str,
    head: HeadName,
    vocabulary_size: int,
    overrides: dict[str, Any],
) -> None:
    config = tiny_config(architecture, head, vocabulary_size, **overrides)
    CLASSES[head].from_config(config).save_pretrained(folder)


def tiny_config(
    architecture: str, head: HeadName, vocabulary_size: int = 600, **overrides: Any
) -> Any:
    """Return the family's configuration: two layers, 32 wide, with room for 128 tokens."""
    labels = _LABELS.get(head, ["LABEL_0", "LABEL_1"])
    settings: dict[str, Any] = {
        "vocab_size": vocabulary_size,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 130,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
        "initializer_range": 0.2,
    }
    if architecture in LIKE_ROBERTA:
        settings |= {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "type_vocab_size": 1}
    else:
        settings |= {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3}
    settings |= _SIZES.get(architecture, {})
    return transformers.CONFIG_MAPPING[architecture](**(settings | overrides))


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Copy a shared checkpoint, so that a test may damage it."""

    def copy(folder: Path) -> Path:
        target = tmp_path / "copy" / folder.name
        shutil.copytree(folder, target)
        return target

    return copy


@pytest.fixture(scope="session")
def xlmr(make_checkpoint: MakeCheckpoint) -> Callable[[HeadName], Path]:
    """One XLM-R checkpoint a head, made once; tests must not change it."""
    made: dict[HeadName, Path] = {}

    def get(head: HeadName) -> Path:
        if head not in made:
            made[head] = make_checkpoint("xlm-roberta", head, name=f"xlmr-{head}")
        return made[head]

    return get
