"""Which numbers a phase is computed with, and whether the device here can."""

from __future__ import annotations

from typing import Literal, get_args

import torch

from training.errors import TrainingError

Precision = Literal["fp32", "bf16", "fp16"]
"""fp32 throughout, or mixed: the weights stay in fp32, most products are computed in 16 bits."""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def require(precision: Precision) -> None:
    """Return where the device can train so.

    Raises:
        TrainingError: It cannot, or only in software, which is slower than fp32.
    """
    if precision == "fp32":
        return
    if not torch.cuda.is_available():
        if precision == "bf16" and _cpu_multiplies_bf16():
            return
        raise TrainingError(
            f"precision {precision}: found a CPU without hardware for it, expected a GPU"
            f"{' or a CPU with AVX512_BF16 or AMX' if precision == 'bf16' else ''}.",
            remedy="Train with `precision: fp32`, or on a machine with a GPU.",
        )
    if precision == "bf16" and not torch.cuda.is_bf16_supported(including_emulation=False):
        raise TrainingError(
            f"precision bf16: {torch.cuda.get_device_name()} has no hardware for it.",
            remedy="Train with `precision: fp16`, which this GPU has, or with fp32.",
        )


def _cpu_multiplies_bf16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())  # noqa: SLF001 the only way to ask
