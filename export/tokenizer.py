"""Open a checkpoint's tokenizer as the device will, and write it into the artifact."""

from __future__ import annotations

import shutil
from pathlib import Path

from tokenizers import Tokenizer

from export.errors import ExportError
from export.quiet import quiet

TOKENIZER_FILE = "tokenizer.json"

_COMPANIONS = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
_SOURCES = (
    TOKENIZER_FILE,
    *_COMPANIONS,
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
)


def files(folder: Path) -> tuple[Path, ...]:
    """Return the files that decide how this checkpoint splits text.

    Raises:
        ExportError: There is no tokenizer.
    """
    found = tuple(folder / name for name in _SOURCES if (folder / name).is_file())
    if not any(path.name not in _COMPANIONS for path in found):
        raise ExportError(
            f"{folder}: no tokenizer: neither {TOKENIZER_FILE} nor a vocabulary is there.",
            remedy="Save the tokenizer there with `tokenizer.save_pretrained(FOLDER)`.",
        )
    return found


def load(folder: Path) -> Tokenizer:
    """Open the checkpoint's tokenizer; a bare vocabulary is converted by transformers.

    Raises:
        ExportError: It cannot be read or converted.
    """
    try:
        if (folder / TOKENIZER_FILE).is_file():
            return Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        return _convert(folder)
    except Exception as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ExportError(
            f"{folder}: the tokenizer cannot be read: {reason}",
            remedy="Save it again with `AutoTokenizer...save_pretrained(FOLDER)`, which writes "
            f"{TOKENIZER_FILE}.",
        ) from error


def _convert(folder: Path) -> Tokenizer:
    from transformers import AutoTokenizer  # noqa: PLC0415 seconds that tokenizer.json saves

    with quiet():
        return AutoTokenizer.from_pretrained(str(folder), local_files_only=True).backend_tokenizer


def highest_id(tokenizer: Tokenizer) -> int:
    """Return the highest token id that the tokenizer can give."""
    return max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)


def write(source: Path, tokenizer: Tokenizer, target: Path) -> None:
    """Write the tokenizer into folder `target`, with the settings that transformers reads."""
    for name in (TOKENIZER_FILE, *_COMPANIONS):
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    if not (target / TOKENIZER_FILE).exists():
        tokenizer.save(str(target / TOKENIZER_FILE))
