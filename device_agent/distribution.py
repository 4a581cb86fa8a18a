"""What is installed, looked up without importing it."""

from __future__ import annotations


def installed_version(name: str) -> str | None:
    """Return a distribution's version, or None where it is not installed."""
    # It brings an e-mail parser along, which most commands can do without.
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
