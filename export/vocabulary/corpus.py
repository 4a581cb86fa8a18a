"""The data whose tokens a trimmed vocabulary keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.samples import (
    ChoiceInput,
    Input,
    PairInput,
    QuestionInput,
    SentenceInput,
    TokensInput,
)
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval
from device_agent.tasks.protocol import Head
from export.errors import ExportError


@dataclass(frozen=True)
class Portion:
    """Inputs of one origin.

    Attributes:
        source: The task, or `files`.
        part: The language, or the file's name.
        head: How the device encodes them.
    """

    source: str
    part: str
    head: Head
    inputs: Iterable[Input]


Corpus = Callable[[], Iterator[Portion]]
"""Reads the data, anew at each call, so that it need not fit into memory."""


def of_files(files: Sequence[Path]) -> Corpus:
    """Return text files as a corpus: every line is a text.

    Raises:
        ExportError: When it is read: a file cannot be, is not UTF-8, or has no text.
    """

    def read() -> Iterator[Portion]:
        for path in files:
            yield Portion("files", path.name, SentenceRetrieval(), _lines(path))

    return read


def _lines(path: Path) -> Iterator[SentenceInput]:
    found = False
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    found = True
                    yield SentenceInput(role="query", text=line.rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{path}: not a text in UTF-8: {error.reason} in the part at byte {error.start:,}.",
            remedy="Convert it, for example with `iconv -t UTF-8`, or name another --corpus.",
        ) from error
    except OSError as error:
        raise ExportError(
            f"{path}: the corpus cannot be read: {error.strerror}.",
            remedy="Name a text file with --corpus.",
        ) from error
    if not found:
        raise ExportError(
            f"{path}: there is no text in this corpus, expected at least one line.",
            remedy="Name a text file with --corpus.",
        )


def texts_of(sample_input: Input) -> Iterator[str]:
    """Yield every text of an input; of a sentence in words, each word."""
    if isinstance(sample_input, PairInput):
        yield from (sample_input.first, sample_input.second)
    elif isinstance(sample_input, ChoiceInput):
        yield from (sample_input.prompt, *sample_input.choices)
    elif isinstance(sample_input, TokensInput):
        yield from sample_input.tokens
    elif isinstance(sample_input, QuestionInput):
        yield from (sample_input.question, sample_input.context)
    else:
        yield sample_input.text
        if sample_input.context is not None:
            yield sample_input.context
