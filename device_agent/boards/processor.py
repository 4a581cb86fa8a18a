"""The processor's name, from `/proc/cpuinfo`: x86 tells it, Arm tells numbers."""

from __future__ import annotations

import re

# Main ID register: implementer and part, as Arm's and NVIDIA's reference manuals list them.
_ARM_CORES = {
    (0x41, 0xD03): "Cortex-A53",
    (0x41, 0xD04): "Cortex-A35",
    (0x41, 0xD05): "Cortex-A55",
    (0x41, 0xD07): "Cortex-A57",
    (0x41, 0xD08): "Cortex-A72",
    (0x41, 0xD09): "Cortex-A73",
    (0x41, 0xD0A): "Cortex-A75",
    (0x41, 0xD0B): "Cortex-A76",
    (0x41, 0xD0C): "Neoverse-N1",
    (0x41, 0xD0D): "Cortex-A77",
    (0x41, 0xD40): "Neoverse-V1",
    (0x41, 0xD41): "Cortex-A78",
    (0x41, 0xD42): "Cortex-A78AE",
    (0x41, 0xD44): "Cortex-X1",
    (0x41, 0xD46): "Cortex-A510",
    (0x41, 0xD47): "Cortex-A710",
    (0x41, 0xD49): "Neoverse-N2",
    (0x41, 0xD4F): "Neoverse-V2",
    (0x4E, 0x003): "Denver 2",
    (0x4E, 0x004): "Carmel",
}


def name(cpuinfo: str) -> str | None:
    """Return the model's name, or the Arm cores', each kind once; None where neither is told.

    Args:
        cpuinfo: The text of `/proc/cpuinfo`.
    """
    told = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    if told:
        return told.group(1).strip()
    cores: list[str] = []
    for block in re.split(r"\n\s*\n", cpuinfo):
        core = _core(block)
        if core is not None and core not in cores:
            cores.append(core)
    return " + ".join(cores) or None


def _core(block: str) -> str | None:
    implementer, part = (_number(block, field) for field in ("CPU implementer", "CPU part"))
    if implementer is None or part is None:
        return None
    return _ARM_CORES.get((implementer, part), f"Arm core {implementer:#04x}/{part:#05x}")


def _number(block: str, field: str) -> int | None:
    found = re.search(rf"^{field}\s*:\s*(0x[0-9a-fA-F]+)\s*$", block, re.MULTILINE)
    return int(found.group(1), 16) if found else None
