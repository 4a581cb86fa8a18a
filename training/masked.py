"""Masked language modelling beside an intermediate task, on text in many languages.

So the encoder keeps the languages that the task's data does not have: the alternative that Phang
et al. (arXiv 2005.13013) compare with plain intermediate training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.codec import encode
from device_agent.digest import digest_bytes
from training.errors import TrainingError

MASKED_TOKENS = 0.15
"""Share of a text's tokens that are to be guessed, as in BERT and XLM-R."""


@dataclass(frozen=True)
class MaskedText:
    """Text, and how much of the training it is.

    Attributes:
        texts: Per language, a text a line.
        share: Of all updates, above 0 and below 1.
    """

    texts: Mapping[str, Sequence[str]]
    share: float

    @property
    def lines(self) -> list[str]:
        """All texts, language by language."""
        return [line for _, lines in sorted(self.texts.items()) for line in lines]

    @property
    def digest(self) -> str:
        """Identity of the texts in their order."""
        return digest_bytes(encode(self.lines))


def read_text(root: Path, languages: Sequence[str]) -> dict[str, list[str]]:
    """Read `text/<language>.txt`, a text a line; the same number of each language's.

    Raises:
        TrainingError: A file is missing, empty or no text.
    """
    texts = {language: _lines(root / "text" / f"{language}.txt") for language in languages}
    fewest = min(map(len, texts.values()))
    return {language: lines[:fewest] for language, lines in sorted(texts.items())}


def _lines(path: Path) -> list[str]:
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise TrainingError(
            f"{path}: no text can be read there: {reason}.",
            remedy="Put the language's text there, a text a line, in UTF-8; or leave it out.",
        ) from error
    if not lines:
        raise TrainingError(
            f"{path}: found no text, expected at least one line.",
            remedy="Put the language's text there, or leave the language out.",
        )
    return lines
