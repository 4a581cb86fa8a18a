"""What the board is, and what of it decides how fast which recipe runs."""

from __future__ import annotations

from collections.abc import Iterator

from host.deploy.graphics import Graphics
from host.doctor.finding import Finding
from host.doctor.inspection import Inspection
from host.inventory.device import Device

_INT8_FLAGS = {
    "asimddp": "dotprod",
    "i8mm": "i8mm",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "amx_int8": "AMX",
}
_LITTLE_MEMORY_BYTES = 1 << 30
_USUAL_PAGE_BYTES = 4096


def check(device: Device, found: Inspection, graphics: Graphics) -> Iterator[Finding]:
    """Tell board, processor, memory, pages, and the versions that its maker ships."""
    yield _board(device, found)
    yield _processor(found)
    yield _memory(found)
    if found.page_bytes != _USUAL_PAGE_BYTES:
        yield Finding(
            "pages",
            "note",
            f"{found.page_bytes // 1024} KiB",
            "The kernel's pages are larger than 4 KiB: today's wheels suit it, a library of your "
            "own may not.",
        )
    if found.platform or graphics.nodes:
        yield _accelerator(found, graphics)


def _board(device: Device, found: Inspection) -> Finding:
    named = f"{found.model or 'no device tree'}, family {found.board}"
    told = f"{named}, {found.chip}" if found.chip else named
    if device.board is not None and device.board != found.board:
        return Finding(
            "board",
            "warning",
            told,
            f"The device's entry says {device.board}: reports would name the wrong board.",
            f"Correct it: `host devices add {device.name} {device.address} --board {found.board} "
            "--replace`.",
        )
    return Finding("board", "ok", told)


def _processor(found: Inspection) -> Finding:
    fast = [name for flag, name in _INT8_FLAGS.items() if flag in found.isa_flags]
    told = f"{found.cores} cores, {found.cpu or found.architecture}"
    if fast:
        return Finding("processor", "ok", f"{told}, with {', '.join(fast)} for int8")
    return Finding(
        "processor",
        "note",
        f"{told}, without dotprod, i8mm or VNNI",
        "It has no instructions for int8, so int8 may be slower than fp32 here.",
        "Race both on this board: name two recipes in the study, and `host compare` the bundle.",
    )


def _memory(found: Inspection) -> Finding:
    if found.memory_bytes is None:
        return Finding("memory", "note", "not told", "Nothing says how large a model may be.")
    free = "" if found.available_bytes is None else f", {_gb(found.available_bytes)} of it free"
    told = f"{_gb(found.memory_bytes)}{free}"
    tightest = found.memory_bytes if found.available_bytes is None else found.available_bytes
    if tightest < _LITTLE_MEMORY_BYTES:
        return Finding(
            "memory",
            "warning",
            told,
            "XLM-R base takes 0.6 GB as int8 and more than 1 GB as fp32: larger artifacts end in "
            "an out-of-memory kill.",
            "Stop what takes it (`ps aux --sort -rss | head`), or use int8-dynamic and a trimmed "
            "vocabulary.",
        )
    return Finding("memory", "ok", told)


def _accelerator(found: Inspection, graphics: Graphics) -> Finding:
    names = {"l4t": "L4T", "jetpack": "JetPack", "cuda": "CUDA", "tensorrt": "TensorRT"}
    told = ", ".join(f"{names.get(name, name)} {of}" for name, of in found.platform.items())
    if found.board != "jetson":
        return Finding("GPU", "note", f"{len(graphics.nodes)} device nodes", "Runs use the CPU.")
    if not graphics.nodes:
        return Finding(
            "GPU",
            "warning",
            told or "no versions",
            "No device node of the GPU is there, so only the CPU can be used.",
            "Look at the kernel's messages: `sudo dmesg | grep -i nvgpu`.",
        )
    if "cuda" not in found.platform:
        return Finding(
            "GPU",
            "note",
            told or "no versions",
            "CUDA is not installed: `--provider cuda` would be refused, the CPU works.",
            "Install it on the device: `sudo apt install nvidia-jetpack`.",
        )
    return Finding("GPU", "ok", f"{told}; {len(graphics.nodes)} device nodes")


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"
