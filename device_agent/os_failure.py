"""What it means for the user that the operating system refused something."""

from __future__ import annotations

import errno

from device_agent.contract.errors import DeviceError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_NO_PLACE = (
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENOENT,
    errno.ENOTEMPTY,
    errno.ENAMETOOLONG,
    errno.EINVAL,
)


def explain(error: OSError, where: str) -> DeviceError:
    """Return the error with its remedy.

    Args:
        error: What the operating system said.
        where: "on the device" or "here".
    """
    name = error.filename if error.filename2 is None else error.filename2
    what = f"{_shown(name)}: " if isinstance(name, (str, bytes)) else ""
    return DeviceError(
        f"{what}{error.strerror or error or type(error).__name__}.", remedy=_remedy(error, where)
    )


def _remedy(error: OSError, where: str) -> str:
    if error.errno in _NO_ROOM:
        return f"Free space {where} (`df -h`), then run the same command again."
    if error.errno == errno.EROFS:
        return f"Remount the file system {where} writable; `dmesg` says why it is not."
    if error.errno in _FORBIDDEN:
        return f"Name a place {where} that you may use, or change its permissions (`ls -ld`)."
    if error.errno in _NO_PLACE:
        return f"Name another place {where}: this one is not what it must be (`ls -ld`)."
    return f"Correct what the system {where} complains of, then run the same command again."


def _shown(name: str | bytes) -> str:
    text = name.decode(errors="replace") if isinstance(name, bytes) else name
    return text if len(text) <= 120 else f"{text[:120]}…"
