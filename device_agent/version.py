"""The version of the distribution, as it is installed or shipped."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "xtreme-edge"


def agent_version() -> str:
    """Return the installed version, or "unknown" where the code runs uninstalled."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"
