"""How a file is named in a manifest."""

from __future__ import annotations

from typing import Annotated

import msgspec

from device_agent.contract.codec import Digest, Document

RelativePath = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!\.{1,2}(/|$))[A-Za-z0-9._+-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9._+-]+)*\Z",
        max_length=240,
    ),
]
"""A path below a folder that the reader chose: never absolute, never upwards."""


class FileEntry(Document):
    """One file of a manifest."""

    path: RelativePath
    size_bytes: Annotated[int, msgspec.Meta(ge=0)]
    digest: Digest
