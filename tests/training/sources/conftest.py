"""A mirror of the hub, as the tests of fetching have it."""

from __future__ import annotations

from tests.host.data.fetch.conftest import add_dataset, mirror

__all__ = ["add_dataset", "mirror"]
