"""Which device nodes an agent needs on a board with a GPU: found on the device, and no more."""

from __future__ import annotations

from dataclasses import dataclass

# NVIDIA's nodes on Jetson boards (their container toolkit's list) and on other machines. Display,
# camera and video codec nodes are left out: inference needs none of them.
SCRIPT = r"""
for node in /dev/nvmap /dev/nvhost-ctrl /dev/nvhost-ctrl-gpu /dev/nvhost-gpu \
  /dev/nvhost-as-gpu /dev/nvhost-prof-gpu /dev/nvgpu/igpu0/* /dev/host1x-fence \
  /dev/nvsciipc /dev/nvidiactl /dev/nvidia-uvm /dev/nvidia[0-9]*; do
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
