"""What would fail on a device, found out before anything is sent to stay there."""
