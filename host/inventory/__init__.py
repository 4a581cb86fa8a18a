"""The devices that the host knows, each with its pinned host key."""

from host.inventory.device import (
    BOARD_FAMILIES,
    LOCAL_ADDRESS,
    SERVICES,
    Device,
    InventoryError,
    local_device,
)
from host.inventory.guests import announced, guests
from host.inventory.inventory import VIRTUAL, Inventory, default_path
from host.inventory.signers import Signer, Signers

__all__ = [
    "BOARD_FAMILIES",
    "LOCAL_ADDRESS",
    "SERVICES",
    "VIRTUAL",
    "Device",
    "Inventory",
    "InventoryError",
    "Signer",
    "Signers",
    "announced",
    "default_path",
    "guests",
    "local_device",
]
