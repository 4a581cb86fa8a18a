"""Load a checkpoint in PyTorch fp32, shaped to the inputs and outputs that its artifact has."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import transformers

from device_agent.contract.artifact import HeadName, Pooling
from device_agent.tasks.protocol import Outputs, Row
from export import remarks
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.quiet import silent

_CLASSES: Mapping[HeadName, str] = {
    "sequence-classification": "AutoModelForSequenceClassification",
    "multiple-choice": "AutoModelForMultipleChoice",
    "token-classification": "AutoModelForTokenClassification",
    "question-answering": "AutoModelForQuestionAnswering",
    "sentence-embedding": "AutoModel",
}

_OUTPUTS: Mapping[HeadName, tuple[str, ...]] = {
    "sequence-classification": ("logits",),
    "multiple-choice": ("logits",),
    "token-classification": ("logits",),
    "question-answering": ("start_logits", "end_logits"),
    "sentence-embedding": ("embedding",),
}


_BLOCK = re.compile(r"\.(\d+)\.")
_SHOWN = 5


class Exportable(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """A checkpoint with named tensor inputs and outputs: what is traced, and the reference.

    Attributes:
        head: Multiple choice takes int64 [batch, choices, tokens], as Optimum has it; every other
            head [batch, tokens].
        input_names: Those that the graph has, in order.
        output_names: Those that the graph has, in order.
        note: What the user should know of how it was loaded; None if nothing.
    """

    note: str | None = None

    def __init__(self, model: torch.nn.Module, checkpoint: Checkpoint, pooling: Pooling | None):
        super().__init__()
        self.model = model
        self.head = checkpoint.head
        self.pooling = pooling
        has_types = checkpoint.architecture.takes_token_types(checkpoint.config)
        types = ("token_type_ids",) if has_types else ()
        self.input_names = ("input_ids", "attention_mask", *types)
        self.output_names = _OUTPUTS[checkpoint.head]

    def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the outputs in the order of `output_names`; inputs in that of `input_names`."""
        named = dict(zip(self.input_names, inputs, strict=True))
        found = self.model(**named, return_dict=True)
        if self.pooling is None:
            return tuple(found[name] for name in self.output_names)
        if self.pooling.method == "pooler":
            return (found["pooler_output"],)
        hidden = found["last_hidden_state"]
        mask = named["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return ((hidden * mask).sum(1) / mask.sum(1),)

    @property
    def parameter_count(self) -> int:
        """Number of trained weights that the artifact deploys."""
        return sum(parameter.numel() for parameter in self.parameters())

    def reference(self, row: Row) -> Outputs:
        """Run one row at batch 1 and return float32 outputs by name."""
        shape = (1, *row.input_ids.shape) if self.head == "multiple-choice" else row.input_ids.shape
        arrays = {
            "input_ids": row.input_ids,
            "attention_mask": np.ones_like(row.input_ids),
            "token_type_ids": row.token_type_ids,
        }
        inputs = [torch.from_numpy(arrays[name].reshape(shape)) for name in self.input_names]
        with torch.inference_mode():
            outputs = self(*inputs)
        return {
            name: output.numpy() for name, output in zip(self.output_names, outputs, strict=True)
        }


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let PyTorch use that many threads inside the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load(checkpoint: Checkpoint, pooling: Pooling | None) -> Exportable:
    """Load the weights and shape the model for export.

    Args:
        checkpoint: The checked folder.
        pooling: For sentence embedding; blocks above its layer are left out of the artifact.

    Raises:
        ExportError: The weights do not load, or lack a tensor that would be made at random.
    """
    model, told = _from_files(checkpoint, pooling)
    missing = set(told["missing_keys"])
    if pooling is not None and pooling.method == "mean":
        missing -= _leave_out_pooler(model)
    if missing:
        raise ExportError(
            f"{checkpoint.folder}: the weights lack {_some(missing)}.",
            remedy="Fine-tune or save the model again; a missing tensor would be random.",
        )
    cut = _depth(checkpoint, pooling)
    depth = next(iter(cut.values()), None)
    left = sorted(
        name
        for name in told["unexpected_keys"]
        if (block := _BLOCK.search(name)) and int(block[1]) >= (depth or checkpoint.layers)
    )
    if left and depth is None:
        raise ExportError(
            f"{checkpoint.folder}: the weights have more blocks than the {checkpoint.layers} of "
            f"config.json, {left[0]} among them.",
            remedy="Copy config.json and weights from the same checkpoint.",
        )
    _check_finite(model, checkpoint)
    if depth is not None and checkpoint.architecture.final_norm is not None:
        model.set_submodule(checkpoint.architecture.final_norm, torch.nn.Identity())
    exportable = Exportable(model.float(), checkpoint, pooling)
    exportable.note = remarks.left_out(checkpoint, set(told["unexpected_keys"]) - set(left))
    exportable.eval()
    return exportable


def _from_files(
    checkpoint: Checkpoint, pooling: Pooling | None
) -> tuple[torch.nn.Module, Mapping[str, Any]]:
    """Return the model as transformers makes it, and what of its tensors it tells."""
    if checkpoint.head != "sentence-embedding" and not hasattr(transformers, checkpoint.class_name):
        raise ExportError(
            f"{checkpoint.folder}: was saved by {checkpoint.class_name}, which is no class of "
            "transformers: what it computes is not known here.",
            remedy="Save the model as a class of transformers, if it is one by another name.",
        )
    try:
        with silent():
            found: tuple[torch.nn.Module, Mapping[str, Any]] = getattr(
                transformers, _CLASSES[checkpoint.head]
            ).from_pretrained(
                str(checkpoint.folder),
                local_files_only=True,
                output_loading_info=True,
                # Eager attention traces to the plain pattern that onnxruntime knows how to fuse.
                attn_implementation="eager",
                **_depth(checkpoint, pooling),
            )
    except MemoryError:
        raise
    except Exception as error:  # Of damaged files and odd settings transformers raises any kind.
        if _is_unsafe(error):
            raise ExportError(
                f"{checkpoint.folder}: its pytorch_model.bin is damaged, or holds more than "
                "tensors, which would run as a program when it is loaded.",
                remedy="Save the model again where you trust it, with "
                "`model.save_pretrained(FOLDER)`, which writes model.safetensors.",
            ) from error
        raise ExportError(
            f"{checkpoint.folder}: the weights do not load: {_reason(error)}",
            remedy="Copy config.json and weights from the same checkpoint, both whole.",
        ) from error
    return found


def _is_unsafe(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, pickle.UnpicklingError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _reason(error: Exception) -> str:
    """Return the first line, with the next one where it only announces that."""
    first, *others = [line.strip() for line in str(error).split("\n") if line.strip()] or [
        type(error).__name__
    ]
    return " ".join([first, *others[:1]]) if first.endswith((":", "(")) else first


def _some(names: set[str]) -> str:
    """Name a few of many tensors."""
    shown = sorted(names)[:_SHOWN]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def _check_finite(model: torch.nn.Module, checkpoint: Checkpoint) -> None:
    """Refuse NaN and infinity also where no golden input comes by: quantizers spread them."""
    wrong = {
        name
        for name, tensor in model.named_parameters()
        if tensor.numel() and not all(torch.isfinite(end) for end in torch.aminmax(tensor.detach()))
    }
    if wrong:
        raise ExportError(
            f"{checkpoint.folder}: the weights hold NaN or infinity: {_some(wrong)}.",
            remedy="Check the training, or take an earlier checkpoint of it.",
        )


def _depth(checkpoint: Checkpoint, pooling: Pooling | None) -> dict[str, int]:
    """Return the setting that leaves out the blocks above the pooled one; empty if none is."""
    if pooling is None or pooling.layer in (None, checkpoint.layers):
        return {}
    return {checkpoint.architecture.layers_key: pooling.layer}


def _leave_out_pooler(model: torch.nn.Module) -> set[str]:
    """Take out the pooler, if there is one, and return the names of its tensors."""
    pooler = getattr(model, "pooler", None)
    if pooler is None:
        return set()
    model.pooler = torch.nn.Identity()
    return {f"pooler.{name}" for name, _ in pooler.named_parameters()}
