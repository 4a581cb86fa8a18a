"""A device for those who have none: a real SSH server on loopback with a folder as its home."""

from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device

__all__ = ["VirtualDevice", "start_virtual_device"]
