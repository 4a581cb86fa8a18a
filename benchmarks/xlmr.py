"""XLM-R's shape with random weights: what an export costs depends on shapes, not on learning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

from export.probe_texts import TEXTS

SizeName = Literal["tiny", "base", "large"]

_SHAPES: dict[str, dict[str, int]] = {
    "tiny": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    },
    "base": {},
    "large": {
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
    },
}
_VOCABULARY = {"tiny": 8_000, "base": 250_002, "large": 250_002}
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_LABELS = ("contradiction", "entailment", "neutral")
_SPREAD = 20.0


def write_checkpoint(folder: Path, size: SizeName = "base", texts: Sequence[str] = ()) -> None:
    """Write a classifier with XLM-R's 250,002 tokens (tiny: 8,000), unless the folder has one.

    The classifier is scaled and centred, so that its label changes from text to text: a model
    that always says the same would agree with anything.

    Args:
        folder: Gets config.json, model.safetensors and the tokenizer.
        size: Base is 12 x 768, large 24 x 1024; tiny is 2 x 32, for tests.
        texts: Their words become tokens, beside those of the built-in texts.
    """
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    known = [text for four in TEXTS.values() for text in four] + list(texts)
    tokenizer = _tokenizer(known, _VOCABULARY[size])
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    model = transformers.XLMRobertaForSequenceClassification(
        transformers.XLMRobertaConfig(
            vocab_size=_VOCABULARY[size],
            max_position_embeddings=514,
            type_vocab_size=1,
            id2label=dict(enumerate(_LABELS)),
            label2id={name: index for index, name in enumerate(_LABELS)},
            **_SHAPES[size],
        )
    ).eval()
    with torch.inference_mode():
        model.classifier.out_proj.weight *= _SPREAD
        inputs = tokenizer([four[0] for four in TEXTS.values()], return_tensors="pt", padding=True)
        model.classifier.out_proj.bias -= model(**inputs).logits.mean(0)
    model.save_pretrained(folder)


def _tokenizer(texts: Sequence[str], size: int) -> transformers.PreTrainedTokenizerFast:
    """Make a SentencePiece-like tokenizer: words and characters of the texts, then fillers."""
    words = dict.fromkeys(f"▁{word}" for text in texts for word in text.split())
    characters = dict.fromkeys(c for word in words for c in word)
    room = size - len(_SPECIAL) - 1
    known = [*dict.fromkeys([*characters, *words])][:room]
    fillers = (f"▁unused{number}" for number in range(room - len(known)))
    pieces = [(piece, 0.0) for piece in _SPECIAL]
    pieces += [(piece, -10.0 if len(piece) == 1 else -5.0) for piece in known]
    pieces += [*((piece, -20.0) for piece in fillers), ("<mask>", 0.0)]
    core = Tokenizer(models.Unigram(pieces, unk_id=_SPECIAL.index("<unk>")))
    core.pre_tokenizer = pre_tokenizers.Metaspace()
    core.decoder = decoders.Metaspace()
    core.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=512,
    )
