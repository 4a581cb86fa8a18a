"""The version, here alone: reading an installed package's takes a board a tenth of a second."""

from __future__ import annotations

DISTRIBUTION = "xtreme-edge"
__version__ = "0.1.0"
