"""Say why a model cannot be exported: what its config.json tells, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# fmt: off
_DECODERS = frozenset(
    {
        "bloom", "codegen", "cohere", "falcon", "gemma", "gemma2", "gemma3", "gemma3_text",
        "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gpt_oss", "gptj", "granite", "llama",
        "mistral", "mpt", "olmo", "olmo2", "opt", "phi", "phi3", "qwen2", "qwen3", "qwen3_moe",
        "smollm3", "stablelm", "xglm",
    }
)
_ENCODER_DECODERS = frozenset(
    {
        "bart", "bigbird_pegasus", "blenderbot", "longt5", "m2m_100", "marian", "mbart", "mt5",
        "nllb-moe", "pegasus", "t5", "umt5",
    }
)
# fmt: on
_REASONS: Mapping[str, str] = {
    "canine": "it reads characters, and the device's tokenizers give subwords",
    "esm": "it reads proteins, not text",
    "layoutlm": "it needs the place of each word on a page, which the tasks do not have",
    "layoutlmv3": "it needs the picture of a page, which the tasks do not have",
    "lilt": "it needs the place of each word on a page, which the tasks do not have",
    "longformer": "its attention pads inputs to whole windows, which a graph for all lengths "
    "cannot do",
    "markuplm": "it needs the markup around each word, which the tasks do not have",
    "perceiver": "it reads bytes, and the device's tokenizers give subwords",
    "splinter": "its head needs a question token in the text, which the tasks do not put there",
    "visual_bert": "it needs a picture beside the text",
    "xmod": "it needs the language of each text, which the tasks do not tell",
}


def why_unsupported(model_type: str, config: Mapping[str, Any], *, is_known: bool) -> str | None:
    """Return why a model cannot be exported; None if nothing speaks against it.

    Args:
        model_type: As in config.json.
        config: config.json as it is.
        is_known: It is one of the families that can be exported.
    """
    if config.get("is_encoder_decoder") or model_type in _ENCODER_DECODERS:
        return "it is an encoder-decoder, which writes text instead of judging it"
    if model_type in _DECODERS or config.get("is_decoder"):
        return "it is a decoder, which sees no token's right context"
    if not is_known:
        return _REASONS.get(model_type, "it is no encoder family known here")
    return _why_not_this_one(config)


def _why_not_this_one(config: Mapping[str, Any]) -> str | None:
    """Return what of this checkpoint's own settings an artifact cannot keep."""
    own_code = config.get("auto_map")
    if isinstance(own_code, Mapping) and any(str(key).startswith("AutoModel") for key in own_code):
        return "this one is computed by code of its own (`auto_map` in config.json), never run here"
    if config.get("quantization_config"):
        return "the weights of this one are quantized already, and only whole ones are exported"
    if config.get("use_lang_emb") and int(config.get("n_langs") or 1) > 1:
        return "this one needs the language of each text, which the tasks do not tell"
    window, landmarks = config.get("segment_means_seq_len"), config.get("num_landmarks")
    if window is not None and window != landmarks:
        return (
            f"this one needs every input padded to {window} tokens, because it has {landmarks} "
            "landmarks, and inputs run unpadded"
        )
    return None
