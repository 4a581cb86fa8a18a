"""Two real tokenizers, each as transformers has it and as plain `tokenizers`, and real text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

SCRIPTS = ("th", "zh", "ar", "ja", "hi")
"""Without spaces, joined scripts, combining marks: where tokenizers go wrong."""


@dataclass(frozen=True)
class BothTokenizers:
    """One tokenizer twice, so that what transformers sets on its own cannot help ours."""

    fast: Any
    plain: Tokenizer


@dataclass(frozen=True)
class RealText:
    """Sentences, and questions with their contexts, in several languages."""

    sentences: dict[str, list[str]]
    questions: dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="session")
def sample_root(data_dir: Path) -> Path:
    """The download layout with real data."""
    return data_dir / "xtreme_r_sample"


@pytest.fixture(scope="session")
def real_text(sample_root: Path) -> RealText:
    """Tatoeba has all scripts, XQuAD long contexts; read here without any of our readers."""
    sentences = {
        language: (sample_root / "tatoeba" / f"{language}-en.{language}")
        .read_text(encoding="utf-8")
        .splitlines()[:300]
        for language in SCRIPTS
    }
    questions = {}
    for language in ("th", "zh", "ar", "hi", "en", "de"):
        path = sample_root / "xquad" / f"xquad.{language}.json"
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        questions[language] = [
            (entry["question"], paragraph["context"])
            for article in articles
            for paragraph in article["paragraphs"]
            for entry in paragraph["qas"]
        ]
    return RealText(sentences, questions)


@pytest.fixture(scope="session")
def mbert(data_dir: Path) -> BothTokenizers:
    """The tokenizer of mBERT with its real vocabulary: `[CLS] A [SEP] B [SEP]`."""
    from transformers import BertTokenizerFast

    vocabulary = data_dir / "tokenizers" / "bert-base-multilingual-cased" / "vocab.txt"
    if not vocabulary.is_file():
        pytest.skip(f"the real vocabulary is not here: {vocabulary}")
    fast = BertTokenizerFast(str(vocabulary), do_lower_case=False, model_max_length=512)
    return BothTokenizers(fast, Tokenizer.from_str(fast.backend_tokenizer.to_str()))


@pytest.fixture(scope="session")
def xlmr(real_text: RealText) -> BothTokenizers:
    """An XLM-R-shaped Unigram tokenizer trained on real text: `<s> A </s></s> B </s>`."""
    from transformers import XLMRobertaTokenizerFast

    plain = Tokenizer(models.Unigram())
    plain.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    plain.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    texts = [text for texts in real_text.sentences.values() for text in texts]
    texts += [
        text for pairs in real_text.questions.values() for pair in pairs[:40] for text in pair
    ]
    plain.train_from_iterator(
        texts,
        trainers.UnigramTrainer(
            vocab_size=6000,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
            unk_token="<unk>",
            show_progress=False,
        ),
    )
    plain.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    fast = XLMRobertaTokenizerFast(
        tokenizer_object=Tokenizer.from_str(plain.to_str()), model_max_length=512
    )
    return BothTokenizers(fast, plain)


@pytest.fixture(params=["mbert", "xlmr"])
def tokenizers(request: pytest.FixtureRequest) -> BothTokenizers:
    """Each of both."""
    both: BothTokenizers = request.getfixturevalue(request.param)
    return both
