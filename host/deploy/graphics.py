"""Which device nodes an agent needs on a board with a GPU: found on the device, and no more."""

from __future__ import annotations

from dataclasses import dataclass

# Where the list comes from: JetPack's own list of what a container needs to compute
# (/etc/nvidia-container-runtime/host-files-for-container.d/devices.csv, l4t.csv before JetPack 6),
# without what inference does not use: display, camera, video codecs (nvdec, nvenc, nvjpg, vic), the
# deep-learning and vision accelerators (nvdla, pva), and the GPU's nodes for power, scheduling and
# tracing (power, sched, ctxsw, prof-ctx, prof-dev). CUDA opens memory (nvmap), synchronisation
# (nvhost-ctrl, host1x-fence, nvsciipc) and the GPU's control, address space, channel and
# time-slice nodes; prof and dbg belong to every context that it makes. JetPack 4 and 5 have them as
# nvhost-*-gpu, since JetPack 5 they are below nvgpu/igpu0 as well. The last line is for other
# machines: nvidia-uvm is CUDA's memory, nvidia-modeset is display and left out.
SCRIPT = r"""
for node in /dev/nvmap /dev/nvhost-ctrl /dev/host1x-fence /dev/nvsciipc \
  /dev/nvhost-ctrl-gpu /dev/nvhost-gpu /dev/nvhost-as-gpu /dev/nvhost-tsg-gpu \
  /dev/nvhost-prof-gpu /dev/nvhost-dbg-gpu \
  /dev/nvgpu/igpu0/ctrl /dev/nvgpu/igpu0/as /dev/nvgpu/igpu0/channel /dev/nvgpu/igpu0/tsg \
  /dev/nvgpu/igpu0/prof /dev/nvgpu/igpu0/dbg \
  /dev/nvidiactl /dev/nvidia-uvm /dev/nvidia[0-9]*; do
  [ ! -c "$node" ] || say graphics_node "$node"
done
for group in video render; do
  ! getent group "$group" >/dev/null || say graphics_group "$group"
done
"""


@dataclass(frozen=True)
class Graphics:
    """What a GPU needs.

    Attributes:
        nodes: Device nodes that exist.
        groups: Groups that exist, of those that such nodes belong to.
    """

    nodes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


NONE = Graphics()
"""Of a board without a GPU that inference could use."""
