"""What `device-agent room` is told, and what it and `status` answer about the disk."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from device_agent.contract.codec import Digest, Document, Identifier

Bytes = Annotated[int, msgspec.Meta(ge=0)]


class RoomWanted(Document):
    """What a host is about to send, and what must still be there when it has arrived.

    Attributes:
        coming_bytes: What will be added to the state folder.
        quota_bytes: The most that the state folder may have then; None is the default share.
        release: Digests of the blobs of the release in question; they and those of the one before
            are never evicted. Empty where none is in question.
        study: The same of a study's artifacts and data.
        by: Who asks, for the audit log.
        only_look: Change nothing.
    """

    SCHEMA: ClassVar[str] = "room-wanted/1.0"

    schema: Literal["room-wanted/1.0"] = "room-wanted/1.0"
    coming_bytes: Bytes
    quota_bytes: Bytes | None
    release: tuple[Digest, ...] = ()
    study: tuple[Digest, ...] = ()
    by: str
    only_look: bool = False


class Usage(Document):
    """The state folder and its disk.

    Attributes:
        used_bytes: Of the state folder, as the disk has it: a file with two names counts once.
        free_bytes: On its file system.
        quota_bytes: The most that the state folder may have; in `status` that of the last request.
        collected: Runs that a host has fetched and verified, so that they may be evicted.
    """

    used_bytes: Bytes
    free_bytes: Bytes
    quota_bytes: Bytes
    collected: tuple[Identifier, ...] = ()


class Room(Document):
    """There is room; and what had to go for it.

    Attributes:
        usage: After that.
        runs: Evicted, all of them collected before.
        blobs: How many were evicted.
        freed_bytes: Of runs and blobs together.
    """

    SCHEMA: ClassVar[str] = "room/1.0"

    schema: Literal["room/1.0"] = "room/1.0"
    usage: Usage
    runs: tuple[Identifier, ...] = ()
    blobs: Bytes = 0
    freed_bytes: Bytes = 0
