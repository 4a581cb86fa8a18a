"""How much a device may say: one that never stops must fill neither memory nor disk of the host."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from host.transport.session import TransportError

MAX_OUTPUT_BYTES = 64 << 20
"""Of one answer."""
MAX_LINE_BYTES = 64 << 20
"""Of one line of a stream; the longest event, a round's, has some hundred kilobytes."""


def bounded(chunks: Iterable[bytes], limit_bytes: int, what: str) -> Iterator[bytes]:
    """Pass chunks on.

    Args:
        chunks: As they come.
        limit_bytes: The most that all together may have.
        what: The device and the command, for the message.

    Raises:
        TransportError: More came.
    """
    left_bytes = limit_bytes
    for chunk in chunks:
        left_bytes -= len(chunk)
        if left_bytes < 0:
            raise _too_much(what, "answer", limit_bytes)
        yield chunk


def lines_of(
    chunks: Iterable[bytes], what: str, limit_bytes: int = MAX_LINE_BYTES
) -> Generator[bytes, None, bytes]:
    """Yield lines without their ends, and return what stands behind the last end.

    Raises:
        TransportError: A line is longer than the limit.
    """
    rest: list[bytes] = []
    rest_bytes = 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest.append(first)
        rest_bytes += len(first)
        if rest_bytes > limit_bytes:
            raise _too_much(what, "line", limit_bytes)
        if others:
            yield b"".join(rest)
            yield from others[:-1]
            rest, rest_bytes = [others[-1]], len(others[-1])
    return b"".join(rest)


def _too_much(what: str, unit: str, limit_bytes: int) -> TransportError:
    return TransportError(
        f"{what}: the device sent more than {limit_bytes} bytes in one {unit}; no agent does.",
        remedy="Look at the device: what answers there is no agent of this version. "
        "`host deploy` puts one there.",
    )
