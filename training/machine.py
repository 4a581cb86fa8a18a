"""What a phase was computed on, which decides the last bits of its weights."""

from __future__ import annotations

import os
import platform

import torch
from accelerate import PartialState

from device_agent.contract.codec import Document


class Machine(Document):
    """One kind of device, and how many processes share the work.

    Attributes:
        device: `cpu`, or the GPU's name.
        architecture: Of the processor.
        processes: One a GPU where `torchrun` or `accelerate launch` started several.
        threads: Of each process on the CPU; sums are split among them.
    """

    device: str
    architecture: str
    processes: int
    threads: int


def this_machine() -> Machine:
    """Return what training here and now is computed on."""
    return Machine(
        device=torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        architecture=platform.machine(),
        processes=processes(),
        threads=torch.get_num_threads(),
    )


def processes() -> int:
    """Return how many processes train together, as the launcher says."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Tell whether this process is the one that writes and speaks."""
    return int(os.environ.get("RANK", "0")) == 0


def wait_for_all() -> None:
    """Return once every process has come here."""
    if processes() > 1:
        PartialState(cpu=not torch.cuda.is_available()).wait_for_everyone()
