"""The embedded default: small checkpoints, small data, a virtual device."""
