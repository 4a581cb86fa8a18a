"""Trim a vocabulary once for all exports that would come to the same, also in other processes.

Reading and encoding a corpus three times is most of what an artifact with a trimmed vocabulary
costs where the data is large; checkpoints of one tokenizer that serve the same tasks share it.
"""

from __future__ import annotations

import fcntl
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from tokenizers import Tokenizer

from device_agent.contract import artifact, codec
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes
from export import tokenizer
from export.checkpoint import Checkpoint
from export.vocabulary.corpus import Corpus
from export.vocabulary.trimming import Trimmed, token_ids, trim


class _Kept(msgspec.Struct, frozen=True):
    """A `Trimmed` as a file has it."""

    ids: list[int]
    text: str
    record: artifact.Trimming


@dataclass(frozen=True)
class SharedTrimming:
    """Trims for one corpus, and remembers what came of it in a folder.

    Attributes:
        folder: For as long as nobody changes the data: one command's, say.
        corpus_key: Tells this corpus from others that the folder may know.
    """

    folder: Path
    corpus_key: str

    def __call__(self, checkpoint: Checkpoint, corpus: Corpus) -> Trimmed:
        """Return what `trim` returns; whoever comes second waits for the first.

        Raises:
            ExportError: As `trim`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{self._key(checkpoint)}.json"
        with file.with_suffix(".lock").open("w") as lock:
            # The system gives the lock back when its holder dies.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if file.exists():
                return _read(file)
            trimmed = trim(checkpoint, corpus)
            _write(file, trimmed)
            return trimmed

    def _key(self, checkpoint: Checkpoint) -> Digest:
        """Return the identity of all that trimming depends on."""
        read = {path.name: path.read_bytes() for path in tokenizer.files(checkpoint.folder)}
        return digest_bytes(
            codec.encode(
                {
                    "corpus": self.corpus_key,
                    "tokenizer": {name: digest_bytes(data) for name, data in read.items()},
                    "ids": token_ids(checkpoint.config),
                    "architecture": checkpoint.architecture.model_type,
                    "max_tokens": checkpoint.max_tokens,
                    "vocabulary_size": checkpoint.vocabulary_size,
                }
            )
        )


def _read(file: Path) -> Trimmed:
    kept = codec.decode(file.read_bytes(), _Kept, source=str(file))
    ids = np.array(kept.ids, dtype=np.int64)
    return Trimmed(ids, Tokenizer.from_str(kept.text), kept.text, kept.record)


def _write(file: Path, trimmed: Trimmed) -> None:
    kept = _Kept(trimmed.kept.tolist(), trimmed.text, trimmed.record)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        part.write(codec.encode(kept))
    Path(part.name).rename(file)
