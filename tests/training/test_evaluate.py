"""A checkpoint in PyTorch is scored as the device scores its artifact, retrieval included."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers

from device_agent import tasks
from device_agent.contract.artifact import Pooling
from training.evaluate import evaluate


@pytest.fixture(scope="module")
def encoder(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two layers with mBERT's real vocabulary."""
    folder = tmp_path_factory.mktemp("encoder")
    vocabulary = data_dir / "tokenizers/bert-base-multilingual-cased/vocab.txt"
    tokenizer = transformers.BertTokenizerFast(str(vocabulary), do_lower_case=False)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    tokenizer.save_vocabulary(str(folder))
    return folder


def test_mining_fits_its_threshold_on_the_development_set(encoder: Path, data_dir: Path) -> None:
    """BUCC's scores are of the test split alone, with a threshold from the other one."""
    pooling = Pooling(method="mean", layer=2)
    found = evaluate(encoder, tasks.get("bucc2018"), data_dir / "xtreme_r_sample", ["zh"], pooling)
    assert found["zh"].unscored is None
    assert found["zh"].metrics.keys() == {"f1", "precision", "recall"}


def test_a_pooled_task_looks_among_all_languages(encoder: Path, data_dir: Path) -> None:
    """In a pool of two languages there are more wrong answers than in one of one."""
    pooler = Pooling(method="pooler", layer=None)
    root, task = data_dir / "xtreme_r_sample", tasks.get("lareqa")
    alone = evaluate(encoder, task, root, ["en"], pooler)["en"].metrics["map@20"]
    pooled = evaluate(encoder, task, root, ["en", "zh"], pooler)["en"].metrics["map@20"]
    assert 0 < pooled < alone
