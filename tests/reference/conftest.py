"""Checkpoints with random weights, exported in fp32: what ours and the plain code both run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast, XLMRobertaTokenizerFast

from tests.reference.both import Both, Family, export_both

MakeBoth = Callable[..., Both]
"""Takes a target task and a family; see `make_both`."""

_SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    # Ten times the usual: with less, every input would get nearly the same logits.
    "initializer_range": 0.2,
}


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny models gain nothing from threads, which wait for each other on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def sample_root(data_dir: Path) -> Path:
    """The download layout with real data."""
    return data_dir / "xtreme_r_sample"


@pytest.fixture(scope="session")
def vocabulary(data_dir: Path) -> Path:
    """The real vocabulary of mBERT."""
    path = data_dir / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt"
    if not path.is_file():
        pytest.skip(f"the real vocabulary is not here: {path}")
    return path


@pytest.fixture(scope="session")
def fast_tokenizers(vocabulary: Path, sample_root: Path) -> dict[Family, Any]:
    """The tokenizer of mBERT, and one of XLM-R's shape trained on real sentences."""
    return {
        "bert": BertTokenizerFast(str(vocabulary), do_lower_case=False, model_max_length=512),
        "xlm-roberta": XLMRobertaTokenizerFast(
            tokenizer_object=_xlmr_tokenizer(sample_root), model_max_length=512
        ),
    }


def _xlmr_tokenizer(root: Path) -> Tokenizer:
    texts = [
        line
        for path in sorted(root.glob("xnli/test-*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()[:60]
    ]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.train_from_iterator(
        texts,
        trainers.UnigramTrainer(
            vocab_size=4000,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
            unk_token="<unk>",
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


@pytest.fixture(scope="session")
def make_both(
    tmp_path_factory: pytest.TempPathFactory, fast_tokenizers: dict[Family, Any]
) -> MakeBoth:
    """Make a checkpoint for a task, and its artifact; each pair of arguments once a session."""
    made: dict[tuple[str, Family], Both] = {}

    def make(task: str, family: Family, layers: int = 2) -> Both:
        if (task, family) not in made:
            folder = tmp_path_factory.mktemp("reference") / f"{task}-{family}"
            tokenizer = fast_tokenizers[family]
            made[task, family] = export_both(
                folder, task, _config(family, len(tokenizer), layers), tokenizer
            )
        return made[task, family]

    return make


def _config(family: Family, vocabulary_size: int, layers: int) -> Any:
    shape = _SHAPE | {"vocab_size": vocabulary_size, "num_hidden_layers": layers}
    if family == "bert":
        return transformers.BertConfig(**shape)
    return transformers.XLMRobertaConfig(
        **shape,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
