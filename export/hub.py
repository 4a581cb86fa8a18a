"""Find the checkpoint that a user names: a folder here, or else a model on the Hugging Face hub."""

from __future__ import annotations

import re
from pathlib import Path

from export.errors import ExportError

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_WANTED = ["*.json", "*.txt", "*.model", "model*.safetensors"]
_OLDER_WEIGHTS = ["pytorch_model*.bin"]


def locate(reference: str | Path) -> Path:
    """Return the folder of the checkpoint, downloaded into the hub's cache where it is not here.

    Raises:
        ExportError: It is no folder, and the hub does not have it or cannot be reached.
    """
    folder = Path(reference).expanduser()
    if folder.is_dir():
        return folder
    if isinstance(reference, Path) or folder.exists() or not _HUB_NAME.fullmatch(reference):
        raise ExportError(
            f"{reference}: {'is a file, not' if folder.exists() else 'there is no'} "
            "checkpoint folder.",
            remedy="Name the folder that holds config.json and the weights.",
        )
    return _download(reference)


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 0.4 s that few users need

    try:
        folder = Path(snapshot_download(name, allow_patterns=_WANTED))
        if not any(folder.glob("model*.safetensors")):
            folder = Path(snapshot_download(name, allow_patterns=[*_WANTED, *_OLDER_WEIGHTS]))
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ExportError(
            f"{name}: no folder of that name is here, and it could not be fetched from the "
            f"Hugging Face hub: {reason}",
            remedy="Check the path, or connect to the internet and run `host export` again.",
        ) from error
    return folder
