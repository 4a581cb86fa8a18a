"""What is odd about a checkpoint that can be exported all the same: the user is to know of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from device_agent.contract.artifact import Pooling
from export.checkpoint import Checkpoint

_HARMLESS = re.compile(
    r"(^|\.)(lm_head|cls|pooler|generator_lm_head|generator_predictions|lang_embeddings)\."
    r"|position_ids$"
)
"""Left by pre-training, or never trained: every fine-tuned checkpoint may have them."""

_HEADS = re.compile(r"^(classifier|qa_outputs|score|sequence_summary|logits_proj|pre_classifier)\.")
_SHOWN = 3


def remarks(checkpoint: Checkpoint, pooling: Pooling | None) -> tuple[str, ...]:
    """Return what the files tell, a sentence each."""
    return (*_special_tokens(checkpoint), *_sentence_transformers(checkpoint, pooling))


def left_out(checkpoint: Checkpoint, names: Iterable[str]) -> str | None:
    """Return what to say of tensors that the model's class has no place for; None of harmless ones.

    Args:
        checkpoint: Whose weights they are in.
        names: As transformers tells them.
    """
    own = [name for name in names if not _HARMLESS.search(name)]
    if checkpoint.head == "sentence-embedding":
        own = [name for name in own if not _HEADS.match(name)]
    if not own:
        return None
    more = f" and {len(own) - _SHOWN} more" * (len(own) > _SHOWN)
    return (
        f"{checkpoint.name}: the weights hold tensors that its class in transformers has no place "
        f"for, so they are left out: {', '.join(sorted(own)[:_SHOWN])}{more}. If they were trained "
        "(adapters, say), merge them into the model first."
    )


def _special_tokens(checkpoint: Checkpoint) -> Iterator[str]:
    """A tokenizer without a post-processor puts nothing around a text, and parity cannot tell."""
    if not checkpoint.tokenizer.num_special_tokens_to_add(is_pair=False):
        yield (
            f"{checkpoint.name}: its tokenizer puts no special tokens around a text, because "
            "tokenizer.json has no post-processor. If the model was trained with them, save the "
            "tokenizer again with `AutoTokenizer...save_pretrained(FOLDER)`."
        )


def _sentence_transformers(checkpoint: Checkpoint, pooling: Pooling | None) -> Iterator[str]:
    """A folder of sentence-transformers says itself how it pools, the benchmark something else."""
    modules = checkpoint.folder / "modules.json"
    if pooling is None or not modules.is_file():
        return
    steps = ", ".join(_steps(modules)) or "its own steps"
    layer = "" if pooling.layer is None else f" at layer {pooling.layer}"
    yield (
        f"{checkpoint.name}: modules.json describes {steps} (sentence-transformers); exported with "
        f"method {pooling.method}{layer}, and with nothing after it. A study's `pooling:` names "
        "another."
    )


def _steps(modules: Path) -> list[str]:
    """Return the kinds of modules after the encoder; of a torn file nothing."""
    try:
        found = json.loads(modules.read_bytes())
        return [str(step["type"]).rpartition(".")[2] for step in found][1:]
    except (OSError, ValueError, KeyError, TypeError):
        return []
