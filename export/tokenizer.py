"""Open a checkpoint's tokenizer as the device will, and write it into the artifact."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from device_agent.contract import codec
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes
from export.errors import ExportError
from export.quiet import quiet

TOKENIZER_FILE = "tokenizer.json"

_COMPANIONS = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
_SPLITTING = ("added_tokens", "model", "normalizer", "pre_tokenizer", "post_processor")
"""The parts of a tokenizer's file that decide which ids a text has."""

_OF_BERT = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
}

_SOURCES = (
    TOKENIZER_FILE,
    *_COMPANIONS,
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "sentencepiece.model",
    "spiece.model",
    "spm.model",
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
        ExportError: It cannot be read or converted, or splits text by code that no device has.
    """
    settings = _settings(folder)
    if str(settings.get("tokenizer_class")).startswith("RoFormer"):
        raise ExportError(
            f"{folder}: {settings['tokenizer_class']} takes Chinese apart with a Python library, "
            f"which {TOKENIZER_FILE} does not say and no device has.",
            remedy="Choose a checkpoint with another tokenizer.",
        )
    try:
        if (folder / TOKENIZER_FILE).is_file():
            return Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        return _convert(folder, settings)
    except ExportError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ExportError(
            f"{folder}: the tokenizer cannot be read: {reason}",
            remedy="Save it again with `AutoTokenizer...save_pretrained(FOLDER)`, which writes "
            f"{TOKENIZER_FILE}.",
        ) from error


def _settings(folder: Path) -> dict[str, Any]:
    """Return tokenizer_config.json; nothing if it is missing or torn: it is not needed."""
    try:
        found = json.loads((folder / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def check_settings(folder: Path, tokenizer: Tokenizer) -> None:
    """Compare tokenizer.json with what transformers would make of it.

    BERT's tokenizers in transformers take letter case, accents and Chinese characters from
    tokenizer_config.json, whatever tokenizer.json says. The device has tokenizer.json alone, and so
    would split text otherwise than in training.

    Raises:
        ExportError: They contradict each other.
    """
    normalizer = json.loads(tokenizer.to_str()).get("normalizer") or {}
    settings = _settings(folder)
    plain = str(settings.get("tokenizer_class")).startswith("PreTrainedTokenizer")
    if normalizer.get("type") != "BertNormalizer" or plain:
        return
    for key, name in _OF_BERT.items():
        if key in settings and settings[key] != normalizer.get(name):
            raise ExportError(
                f"{folder}: tokenizer_config.json says {key} {settings[key]}, and {TOKENIZER_FILE} "
                f"{name} {normalizer.get(name)}: transformers would follow the first, and the "
                "device the second.",
                remedy="Correct the wrong one; `AutoTokenizer.from_pretrained(FOLDER)"
                ".save_pretrained(FOLDER)` makes both as the first has it.",
            )


def _convert(folder: Path, settings: Mapping[str, Any]) -> Tokenizer:
    import transformers  # noqa: PLC0415 seconds that tokenizer.json saves

    if (folder / "config.json").is_file() and "tokenizer_class" not in settings:
        model_type = json.loads((folder / "config.json").read_bytes()).get("model_type")
        mapping = transformers.models.auto.tokenization_auto.TOKENIZER_MAPPING_NAMES
        name, fast = mapping.get(model_type, (None, None))
    else:
        name = str(settings.get("tokenizer_class"))
        fast = name if name.endswith("Fast") else getattr(transformers, f"{name}Fast", None)
    if name is not None and fast is None:
        raise ExportError(
            f"{folder}: {name} is written in Python and has no fast version, and there is no "
            f"{TOKENIZER_FILE}: no device could split text as it does.",
            remedy=f"Put a {TOKENIZER_FILE} of the `tokenizers` library with the same tokens into "
            "the folder, or choose a checkpoint of another family.",
        )
    pieces = [path.name for path in files(folder) if path.suffix == ".model"]
    if pieces and importlib.util.find_spec("sentencepiece") is None:
        raise ExportError(
            f"{folder}: {pieces[0]} is to be converted, but sentencepiece is not installed here.",
            remedy="Install it: `pip install sentencepiece`; or save the tokenizer where it is, "
            f"which writes {TOKENIZER_FILE}.",
        )
    with quiet():
        loaded = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        return loaded.backend_tokenizer


def highest_id(tokenizer: Tokenizer) -> int:
    """Return the highest token id that the tokenizer can give."""
    return max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)


def digest(tokenizer: Tokenizer) -> Digest:
    """Return the identity of how text becomes token ids.

    The tokenizer is written out anew first, so that order, layout and older spellings of its file
    do not matter. What it says of padding and truncation does not either: the tasks' limits hold.
    """
    return digest_bytes(codec.encode(splitting(tokenizer)))


def splitting(tokenizer: Tokenizer) -> dict[str, Any]:
    """Return the parts of a tokenizer that decide which ids a text has.

    Scores are rounded to six digits: reading and writing the file moves their last one.
    """
    whole: dict[str, Any] = json.loads(tokenizer.to_str())
    parts: dict[str, Any] = {part: whole.get(part) for part in _SPLITTING}
    if parts["model"]["type"] == "Unigram":
        scores = [[token, f"{score:.6g}"] for token, score in parts["model"]["vocab"]]
        parts["model"]["vocab"] = scores
    return parts


def write(source: Path, tokenizer: Tokenizer, target: Path) -> None:
    """Write the checkpoint's tokenizer into `target`, with the settings that transformers reads."""
    for name in (TOKENIZER_FILE, *_COMPANIONS):
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    if not (target / TOKENIZER_FILE).exists():
        tokenizer.save(str(target / TOKENIZER_FILE))


def write_trimmed(source: Path, text: str, target: Path, renumber: Callable[[int], int]) -> None:
    """Write a tokenizer with other ids than the checkpoint's; the settings get them too.

    Args:
        source: The checkpoint, for its settings.
        text: The tokenizer's file, with the new ids.
        target: A folder.
        renumber: Old id to new id, for every added token.
    """
    (target / TOKENIZER_FILE).write_text(text, encoding="utf-8")
    for name in _COMPANIONS:
        if not (source / name).is_file():
            continue
        try:
            settings = json.loads((source / name).read_bytes())
        except ValueError as error:
            raise ExportError(
                f"{source / name}: cannot be read: {error}.",
                remedy="Copy it from the checkpoint again, or remove it: it is not needed.",
            ) from error
        if name == "added_tokens.json":
            settings = {token: renumber(id_) for token, id_ in settings.items()}
        elif "added_tokens_decoder" in settings:
            decoder = settings["added_tokens_decoder"]
            settings["added_tokens_decoder"] = {
                str(renumber(int(id_))): token for id_, token in decoder.items()
            }
        text = json.dumps(settings, indent=2, ensure_ascii=False)
        (target / name).write_text(f"{text}\n", encoding="utf-8")
