"""Write a model as LiteRT: fixed shapes, one signature a bucket, all over the same weights.

The converter's result for a plain Hugging Face model has operators that older engines refuse
(GATHER_ND of version 5); with position and type ids told beforehand it has none of them.
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from device_agent.runtimes.litert import SIGNATURE
from export import formats
from export.architectures import architecture
from export.flatbuffer import graph_digest
from export.model import Exportable
from export.quiet import silent

__all__ = ["graph_digest", "write"]


def write(model: Exportable, folder: Path, buckets: tuple[int, ...]) -> Path:
    """Write the model into `folder` and return the model file.

    Args:
        model: What is traced once a bucket; its weights must lie in memory.
        folder: Gets `model.tflite`.
        buckets: Numbers of tokens that it is to have a shape for.
    """
    row = _Row(model).eval()
    target = folder / formats.get("litert").model_file
    with silent(), torch.no_grad():
        import litert_torch  # noqa: PLC0415 it speaks while it is imported

        converter = litert_torch
        for size in buckets:
            sample = {name: torch.ones((1, size), dtype=torch.int32) for name in model.input_names}
            converter = converter.signature(SIGNATURE.format(size), row, sample_kwargs=sample)
        # Weights stay where they are until the file is written: 2.0 instead of 3.4 GB for
        # XLM-R base.
        converter.convert(lightweight_conversion=True).export(str(target))
    return target


class _Row(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """One row as the device's runtime gives it: int32 [1, tokens], padded at its end."""

    def __init__(self, model: Exportable) -> None:
        super().__init__()
        family = architecture(model.model.config.model_type)
        self.pads_positions = family.pads_positions
        self.padding_id = model.model.config.pad_token_id
        self.inner = copy.copy(model)
        if self.pads_positions:
            self.inner.input_names = (*model.input_names, "token_type_ids", "position_ids")

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Return the outputs by name, of as many tokens as the inputs have."""
        ids = input_ids.long()
        given = [ids, attention_mask.long()]
        if token_type_ids is not None:
            given.append(token_type_ids.long())
        if self.pads_positions:
            # A padding token inside a text has no position, as in the model's own computation.
            real = (ids != self.padding_id).long()
            given += [torch.zeros_like(ids), torch.cumsum(real, 1) * real + self.padding_id]
        if self.inner.head == "multiple-choice":
            given = [each.unsqueeze(1) for each in given]
        return dict(zip(self.inner.output_names, self.inner(*given), strict=True))
