"""The devices that the host knows, each with its pinned host key."""

from host.inventory.device import (
    BOARD_FAMILIES,
    LOCAL_ADDRESS,
    SERVICES,
    Device,
    InventoryError,
    local_device,
)
from host.inventory.inventory import Inventory, default_path

__all__ = [
    "BOARD_FAMILIES",
    "LOCAL_ADDRESS",
    "SERVICES",
    "Device",
    "Inventory",
    "InventoryError",
    "default_path",
    "local_device",
]
