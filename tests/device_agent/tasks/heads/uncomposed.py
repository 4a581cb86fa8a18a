"""Makes transformers' BERT code leave characters as they are, as the benchmark's version did."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from transformers.models.bert import tokenization_bert


@contextmanager
def uncomposed() -> Iterator[None]:
    """Take NFC out of `BasicTokenizer`: XTREME ran transformers 2, which had none."""

    def normalize(form: str, text: str) -> str:
        return text if form == "NFC" else unicodedata.normalize(form, text)

    without = SimpleNamespace(normalize=normalize, category=unicodedata.category)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenization_bert, "unicodedata", without)
        yield
